from django.apps import AppConfig


class ManualPaymentsConfig(AppConfig):
    name = "commerce.gateways.manual"
    label = "manual_payments"
