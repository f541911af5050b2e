"""The record admins of orders, payments, refunds and webhook events."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from academies.inbox.models import WebhookEvent
from academies.records.record_admin import RecordAdmin
from academies.tenants.context import current_schema
from commerce.checkout import queries
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.checkout.record_actions import EVENT_ACTIONS, ORDER_ACTIONS, REFUND_ACTIONS


class OrderAdmin(RecordAdmin):
    model = Order
    menu_label = _("Orders")
    menu_icon = "list-ul"
    list_display = ("number", "person", "status", "total", "created_at", "paid_at")
    list_filter = ("status", "created_at", "currency")
    list_export = (
        "number",
        "person",
        "email",
        "status",
        "currency",
        "subtotal",
        "discount",
        "tax",
        "total",
        "created_at",
        "paid_at",
    )
    search_fields = ("number", "person__full_name", "person__email", "lines__title")
    inspect_view_fields = (
        "number",
        "person",
        "email",
        "status",
        "bought",
        "subtotal",
        "discount",
        "tax",
        "total",
        "coupon",
        "billing",
        "created_at",
        "expires_at",
        "paid_at",
        "ended_at",
    )
    select = ("person", "coupon")
    ordering = ("-number",)
    export_filename = "orders"
    actions = ORDER_ACTIONS

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        return queries.with_recordable(queries.with_refundable_minor(super().get_queryset(request)))

    def email(self, order: Order) -> str:
        return order.person.email

    def bought(self, order: Order) -> str:
        return "; ".join(f"{line.quantity} × {line.title}" for line in order.lines.all())


class PaymentAdmin(RecordAdmin):
    model = PaymentAttempt
    menu_label = _("Payments")
    menu_icon = "tick"
    list_display = ("order", "provider", "status", "amount", "created_at", "confirmed_at")
    list_filter = ("status", "provider", "created_at")
    list_export = (
        "order",
        "provider",
        "status",
        "amount",
        "currency",
        "reference",
        "payment_reference",
        "created_at",
        "confirmed_at",
    )
    search_fields = ("reference", "payment_reference", "order__number", "order__person__email")
    inspect_view_fields = (
        "order",
        "provider",
        "status",
        "amount",
        "reference",
        "payment_reference",
        "created_at",
        "confirmed_at",
        "ended_at",
    )
    select = ("order",)
    ordering = ("-created_at", "-id")
    export_filename = "payments"


class RefundAdmin(RecordAdmin):
    model = Refund
    menu_label = _("Refunds")
    menu_icon = "undo"
    list_display = ("order", "status", "amount", "reason", "by", "created_at")
    list_filter = ("status", "created_at")
    list_export = ("order", "status", "amount", "currency", "reason", "by", "reference", "created_at", "ended_at")
    search_fields = ("reference", "reason", "attempt__order__number", "attempt__order__person__email")
    inspect_view_fields = (
        "order",
        "status",
        "amount",
        "reason",
        "entitlements",
        "by",
        "reference",
        "created_at",
        "ended_at",
    )
    select = ("attempt__order", "by")
    ordering = ("-created_at", "-id")
    export_filename = "refunds"
    actions = REFUND_ACTIONS

    def order(self, refund: Refund) -> str:
        return str(refund.attempt.order)


class WebhookEventAdmin(RecordAdmin):
    model = WebhookEvent
    base_url_path = "inbox/event"
    menu_label = _("Stripe events")
    menu_icon = "download"
    list_display = ("kind", "external_id", "status", "attempts", "received_at", "handled_at")
    list_filter = ("status", "kind", "received_at")
    list_export = ("external_id", "kind", "status", "attempts", "error", "occurred_at", "received_at", "handled_at")
    search_fields = ("external_id", "kind")
    inspect_view_fields = (
        "external_id",
        "kind",
        "source",
        "status",
        "attempts",
        "error",
        "occurred_at",
        "received_at",
        "handled_at",
        "payload",
    )
    ordering = ("-received_at", "-id")
    export_filename = "events"
    actions = EVENT_ACTIONS

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        # The inbox is one table for all academies; each sees its own.
        return super().get_queryset(request).filter(account=current_schema())
