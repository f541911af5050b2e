from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "academies.notifications"
    label = "notices"

    def ready(self) -> None:
        from academies.notifications import listeners  # noqa: F401
