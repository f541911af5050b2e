from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "commerce.checkout"
    label = "checkout"
    role_permissions = {
        "Owner": (
            "view_order",
            "refund_order",
            "cancel_order",
            "record_order",
            "change_paymentsettings",
            "view_paymentattempt",
            "view_refund",
        ),
        "Finance": (
            "view_order",
            "refund_order",
            "cancel_order",
            "record_order",
            "change_paymentsettings",
            "view_paymentattempt",
            "view_refund",
        ),
        "Front desk": ("view_order",),
    }
    beat_schedule = {
        "expire unpaid orders": ("checkout.expire_orders", 60),
        "ask the provider about open payments": ("checkout.reconcile", 120),
    }
    record_admins = {
        "sales": {
            510: "commerce.checkout.record_admins.OrderAdmin",
            520: "commerce.checkout.record_admins.PaymentAdmin",
            530: "commerce.checkout.record_admins.RefundAdmin",
            540: "commerce.checkout.record_admins.WebhookEventAdmin",
        }
    }

    def ready(self) -> None:
        from commerce.checkout import listeners  # noqa: F401
