from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "academies.tenants"
    label = "tenants"

    def ready(self) -> None:
        from wagtail.admin.compare import register_comparison_class

        from academies.tenants import listeners  # noqa: F401
        from academies.tenants.money_fields import AmountComparison, MinorUnitsField

        register_comparison_class(MinorUnitsField, comparison_class=AmountComparison)
