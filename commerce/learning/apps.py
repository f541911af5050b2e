from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "commerce.learning"
    label = "learning"
    beat_schedule = {
        "close overdue quiz attempts": ("learning.close_overdue", 30),
    }

    def ready(self) -> None:
        from commerce.learning import permissions  # noqa: F401
