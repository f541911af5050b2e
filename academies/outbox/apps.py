from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "academies.outbox"
    label = "outbox"
    beat_schedule = {
        "deliver what the broker lost": ("outbox.sweep", 10),
        "forget delivered messages": ("outbox.purge", 86_400),
    }

    def ready(self) -> None:
        from academies.outbox import background  # noqa: F401
