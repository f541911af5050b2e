"""What the buttons of the record admins do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academies.inbox import actions as inbox
from academies.inbox.models import WebhookEvent
from academies.kernel.money import Money
from academies.records.record_actions import Confirmation, RecordAction
from academies.tenants.money_format import format_money
from commerce.checkout import actions, queries
from commerce.checkout.forms import BankReferenceForm, RefundForm
from commerce.checkout.models import Order, Refund
from commerce.checkout.types import RefundInput

# What happens to access, as the confirmation page of a refund says it.
_ACCESS = {
    Refund.Entitlements.CANCEL_IMMEDIATELY: gettext_lazy("It ends now."),
    Refund.Entitlements.CANCEL_AT_PERIOD_END: gettext_lazy("It ends when it would have ended anyway."),
    Refund.Entitlements.KEEP: gettext_lazy("It stays."),
}


def _refund(order: Order, *, by: Any, now: datetime, **fields: Any) -> str:
    refund = actions.refund_order(order=order, by=by, refund_input=RefundInput(**fields), now=now)
    names = {"amount": format_money(refund.amount, in_full=True), "order": order, "person": order.person}
    if refund.attempt.provider in queries.providers_by_hand() and refund.status == Refund.Status.CREATED:
        return _("Pay %(amount)s of %(order)s back to %(person)s, then mark the refund as paid out.") % names
    return _("%(amount)s of %(order)s is being refunded to %(person)s.") % names


def _refund_facts(order: Order) -> list[tuple[Any, Any]]:
    paid = Money(queries.confirmed_minor(order), order.currency)
    left = Money(queries.refundable_minor(order), order.currency)
    return [
        (_("Buyer"), f"{order.person} ({order.person.email})"),
        (_("Paid"), format_money(paid, in_full=True)),
        (_("Refunded"), format_money(paid - left, in_full=True)),
        (_("Left"), format_money(left, in_full=True)),
    ]


def _confirm_refund(order: Order, cleaned: Mapping[str, Any]) -> Confirmation:
    """Ask for confirmation of exactly what the action will do. Raises what it would raise."""
    amount, access = actions.preview_refund(
        order=order, refund_input=RefundInput(**{**cleaned, "expected_minor": None})
    )
    left = Money(queries.refundable_minor(order), order.currency)
    return Confirmation(
        question=_("Refund %(amount)s of %(left)s to %(person)s?")
        % {
            "amount": format_money(amount, in_full=True),
            "left": format_money(left, in_full=True),
            "person": order.person,
        },
        button=_("Refund %(amount)s") % {"amount": format_money(amount, in_full=True)},
        facts=[
            (_("Message to the buyer"), cleaned["reason"]),
            (_("Access to what they bought"), _ACCESS[Refund.Entitlements(access)]),
            *([(_("Internal note"), cleaned["note"])] if cleaned["note"] else []),
        ],
        pinned={"expected_minor": amount.amount_minor},
    )


def _cancel(order: Order, *, by: Any, now: datetime) -> str:
    actions.cancel_order(order=order, by=by, now=now)
    return _("%(order)s is cancelled and its seats are released.") % {"order": order}


def _payment_facts(order: Order) -> list[tuple[Any, Any]]:
    return [
        (_("Buyer"), f"{order.person} ({order.person.email})"),
        (_("Amount"), format_money(order.total, in_full=True)),
    ]


def _record_payment(order: Order, *, by: Any, now: datetime, reference: str) -> str:
    order = actions.record_payment(order=order, reference=reference, by=by, now=now)
    if order.status == Order.Status.PAID:
        return _("%(order)s is paid.") % {"order": order}
    return _("The payment is recorded, but %(order)s could not be fulfilled any more: refund it.") % {"order": order}


def _refund_can_be_recorded(refund: Refund) -> bool:
    return refund.status == Refund.Status.CREATED and refund.attempt.provider in queries.providers_by_hand()


def _refund_record_facts(refund: Refund) -> list[tuple[Any, Any]]:
    person = refund.attempt.order.person
    return [(_("Buyer"), f"{person} ({person.email})"), (_("Amount"), format_money(refund.amount, in_full=True))]


def _record_refund(refund: Refund, *, by: Any, now: datetime, reference: str) -> str:
    refund = actions.record_refund(refund=refund, reference=reference, by=by, now=now)
    return _("The refund of %(amount)s is marked as paid out.") % {"amount": format_money(refund.amount, in_full=True)}


def _replay(event: WebhookEvent, *, by: Any, now: datetime) -> str:
    event = inbox.handle(event_id=str(event.pk), now=now, again=True)
    message = _("%(event)s was handled again: %(status)s.")
    return message % {"event": event.external_id, "status": event.get_status_display()}


ORDER_ACTIONS = (
    RecordAction(
        name="refund",
        label=gettext_lazy("Refund"),
        asks=gettext_lazy("The money goes back the way it came. This can't be undone."),
        policy="checkout.refund",
        run=_refund,
        form=RefundForm,
        facts=_refund_facts,
        confirm=_confirm_refund,
        applies=lambda order: queries.refundable_minor(order) > 0,
        grave=True,
    ),
    RecordAction(
        name="cancel",
        label=gettext_lazy("Cancel order"),
        asks=gettext_lazy("The payment page closes and the seats are released. If they have just paid, it stays paid."),
        policy="checkout.cancel",
        run=_cancel,
        applies=lambda order: order.status == Order.Status.PENDING,
        grave=True,
    ),
    RecordAction(
        name="mark_paid",
        label=gettext_lazy("Mark as paid"),
        asks=gettext_lazy("Only if the whole amount has arrived. The buyer then gets what they ordered."),
        policy="checkout.record",
        run=_record_payment,
        form=BankReferenceForm,
        facts=_payment_facts,
        applies=queries.can_be_recorded,
    ),
)

REFUND_ACTIONS = (
    RecordAction(
        name="mark_paid_out",
        label=gettext_lazy("Mark as paid out"),
        asks=gettext_lazy("After you have sent the money back by bank transfer or in cash."),
        policy="checkout.record",
        run=_record_refund,
        form=BankReferenceForm,
        facts=_refund_record_facts,
        applies=_refund_can_be_recorded,
    ),
)

EVENT_ACTIONS = (
    RecordAction(
        name="replay",
        label=gettext_lazy("Handle again"),
        asks=gettext_lazy("Safe to repeat: the payment is read from the provider again."),
        policy="checkout.replay",
        run=_replay,
    ),
)
