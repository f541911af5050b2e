from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "academies.inbox"
    label = "inbox"

    def ready(self) -> None:
        from academies.inbox import listeners  # noqa: F401
