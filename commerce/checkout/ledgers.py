"""The books of money: orders, payments, refunds, and what the provider told us. Admin doors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from academies.inbox import actions as inbox
from academies.inbox.models import Event
from academies.kernel.money import Money
from academies.records.record_actions import Confirmation, RecordAction
from academies.records.record_admin import RecordAdmin
from academies.tenants.context import current_schema
from commerce.checkout import actions, queries
from commerce.checkout.facts import RefundWish
from commerce.checkout.forms import RefundForm
from commerce.checkout.models import Order, PaymentAttempt, Refund

# What becomes of access, as the second page of a refund says it.
_AFTERWARDS = {
    Refund.Entitlements.CANCEL_IMMEDIATELY: "What this refund is for ends now.",
    Refund.Entitlements.CANCEL_AT_PERIOD_END: "It ends when it would have ended.",
    Refund.Entitlements.KEEP: "It stays theirs.",
}


def _refund(order: Order, *, by: Any, now: datetime, **wish: Any) -> str:
    refund = actions.refund(order=order, by=by, wish=RefundWish(**wish), now=now)
    return f"{refund.amount.in_full} of {order} is on its way back to {order.person}."


def _refund_facts(order: Order) -> list[tuple[str, Any]]:
    paid, left = (Money(minor, order.currency) for minor in (queries.confirmed_minor(order), queries.money_left(order)))
    return [
        ("Buyer", f"{order.person} ({order.person.email})"),
        ("Paid", paid.in_full),
        ("Given back", (paid - left).in_full),
        ("Left", left.in_full),
    ]


def _confirm_refund(order: Order, cleaned: Mapping[str, Any]) -> Confirmation:
    """Ask about exactly what the action will do. Raises what it would raise."""
    amount, ends = actions.preview_refund(order=order, wish=RefundWish(**{**cleaned, "expected_minor": None}))
    left = Money(queries.money_left(order), order.currency)
    return Confirmation(
        question=f"Refund {amount.in_full} of {left.in_full} to {order.person}?",
        button=f"Refund {amount.in_full}",
        facts=[
            ("They will read", cleaned["reason"]),
            ("What they bought", _AFTERWARDS[ends]),
            *([("Internal note", cleaned["note"])] if cleaned["note"] else []),
        ],
        pinned={"expected_minor": amount.amount_minor},
    )


def _cancel(order: Order, *, by: Any, now: datetime) -> str:
    actions.cancel(order=order, by=by, now=now)
    return f"{order} is cancelled; what it held is free again."


def _replay(event: Event, *, by: Any, now: datetime) -> str:
    handled = inbox.handle(event_id=str(event.pk), now=now, again=True)
    return f"{handled.external_id} was handled again: {handled.status}."


class OrderLedger(RecordAdmin):
    model = Order
    menu_label = "Orders"
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
    acts = (
        RecordAction(
            name="refund",
            label="Refund",
            asks="The money goes back the way it came. This can't be undone.",
            policy="checkout.refund",
            run=_refund,
            form=RefundForm,
            facts=_refund_facts,
            confirm=_confirm_refund,
            applies=lambda order: queries.money_left(order) > 0,
            grave=True,
        ),
        RecordAction(
            name="cancel",
            label="Cancel order",
            asks="Their payment page closes and what the order held is free again. If they have just paid, it stays paid.",
            policy="checkout.cancel",
            run=_cancel,
            applies=lambda order: order.status == Order.Status.PENDING,
            grave=True,
        ),
    )

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        return queries.with_money_left(super().get_queryset(request))

    def email(self, order: Order) -> str:
        return order.person.email

    def bought(self, order: Order) -> str:
        return "; ".join(f"{line.quantity} × {line.title}" for line in order.lines.all())


class PaymentLedger(RecordAdmin):
    model = PaymentAttempt
    menu_label = "Payments"
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


class RefundLedger(RecordAdmin):
    model = Refund
    menu_label = "Refunds"
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

    def order(self, refund: Refund) -> str:
        return str(refund.attempt.order)


class EventLedger(RecordAdmin):
    model = Event
    menu_label = "Provider's events"
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
    acts = (
        RecordAction(
            name="replay",
            label="Handle again",
            asks="Handling an event twice does nothing twice: what it tells is asked of the provider anew.",
            policy="checkout.replay",
            run=_replay,
        ),
    )

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        # The inbox is one table for all academies: each sees its own.
        return super().get_queryset(request).filter(account=current_schema())
