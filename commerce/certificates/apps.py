from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "commerce.certificates"
    label = "certificates"

    def ready(self) -> None:
        from commerce.certificates import listeners  # noqa: F401
