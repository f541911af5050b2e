from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "commerce.plans"
    label = "plans"

    def ready(self) -> None:
        from commerce.plans import listeners  # noqa: F401
