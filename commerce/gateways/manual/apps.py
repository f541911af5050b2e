from django.apps import AppConfig


class ManualPaymentsConfig(AppConfig):
    name = "commerce.gateways.manual"
    label = "manual_payments"
    role_permissions = {"Owner": ("change_manualsettings",), "Finance": ("change_manualsettings",)}
