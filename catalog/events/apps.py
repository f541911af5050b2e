from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "catalog.events"
    label = "events"

    def ready(self) -> None:
        from catalog.events import listeners  # noqa: F401
