from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "academies.notifications"
    label = "notices"
    role_permissions = {
        "Owner": (
            "add_messagetemplate",
            "change_messagetemplate",
            "delete_messagetemplate",
            "view_messagetemplate",
            "view_delivery",
        ),
    }
    record_admins = {
        "people": {
            560: "academies.notifications.record_admins.DeliveryAdmin",
        }
    }

    def ready(self) -> None:
        from academies.notifications import listeners  # noqa: F401
