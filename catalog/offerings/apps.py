from django.apps import AppConfig


class OfferingsConfig(AppConfig):
    name = "catalog.offerings"
    label = "offerings"
    role_permissions = {
        "Owner": (
            "view_offering",
            "cancel_offering",
        ),
        "Editor": (
            "view_offering",
            "cancel_offering",
        ),
        "Teacher": ("view_offering",),
        "Finance": ("view_offering",),
        "Front desk": (
            "view_offering",
            "cancel_offering",
        ),
    }

    def ready(self) -> None:
        from catalog.offerings import permissions  # noqa: F401
