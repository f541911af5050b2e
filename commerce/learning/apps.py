from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "commerce.learning"
    label = "learning"

    def ready(self) -> None:
        from commerce.learning import permissions  # noqa: F401
