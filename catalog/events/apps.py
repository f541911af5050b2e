from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "catalog.events"
    label = "events"
    role_permissions = {
        "Owner": (
            "add_venue",
            "change_venue",
            "delete_venue",
            "view_venue",
            "publish_venue",
            "lock_venue",
            "unlock_venue",
        ),
        "Editor": (
            "add_venue",
            "change_venue",
            "delete_venue",
            "view_venue",
            "publish_venue",
            "lock_venue",
            "unlock_venue",
        ),
        "Teacher": ("view_venue",),
    }

    def ready(self) -> None:
        from catalog.events import listeners  # noqa: F401
