from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "academies.outbox"
    label = "outbox"
