from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "academies.tenants"
    label = "tenants"

    def ready(self) -> None:
        from academies.tenants import listeners  # noqa: F401
