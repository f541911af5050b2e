from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "academies.outbox"
    label = "outbox"

    def ready(self) -> None:
        from academies.outbox import background  # noqa: F401
