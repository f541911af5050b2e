from django.apps import AppConfig


class OfferingsConfig(AppConfig):
    name = "catalog.offerings"
    label = "offerings"

    def ready(self) -> None:
        from catalog.offerings import permissions  # noqa: F401
