from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "academies.inbox"
    label = "inbox"
    role_permissions = {
        "Owner": (
            "view_webhookevent",
            "replay_webhookevent",
        ),
        "Finance": (
            "view_webhookevent",
            "replay_webhookevent",
        ),
    }
    beat_schedule = {
        "handle stored events": ("inbox.sweep", 15),
        "forget handled events": ("inbox.prune", 86_400),
    }

    def ready(self) -> None:
        from academies.inbox import listeners  # noqa: F401
