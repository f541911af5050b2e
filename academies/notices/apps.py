from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "academies.notices"
    label = "notices"

    def ready(self) -> None:
        from academies.notices import listeners  # noqa: F401
