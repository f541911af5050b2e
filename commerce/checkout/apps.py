from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "commerce.checkout"
    label = "checkout"

    def ready(self) -> None:
        from commerce.checkout import listeners  # noqa: F401
