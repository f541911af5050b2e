"""What becomes of the money when somebody no longer has the seat it was paid for."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from academies.kernel.money import Money, share, smallest_payment
from academies.notifications import actions as notices
from commerce.checkout import queries
from commerce.checkout.actions import endings, refunds, refusals
from commerce.checkout.facts import RefundWish
from commerce.checkout.models import OrderLine, Refund
from commerce.enrolments import queries as seats
from commerce.enrolments.facts import SeatReleased
from commerce.enrolments.models import Registration

# With it, one registration always names the same refund: telling a fact twice gives back once.
_NAMESPACE = uuid.UUID("6d1c9f0e-52f5-4b7b-9d2b-0c1f6f0a7a11")


@dataclass(frozen=True)
class SeatMoney:
    """What a seat cost and what of it goes back.  percent: None where the academy decides."""

    paid: Money
    back: Money
    percent: int | None


def money_of_seat(registration: Registration, *, now: datetime) -> SeatMoney | None:
    """Return what goes back if a person gives up a seat now; None for a seat that nobody paid for, or that is gone."""
    line = queries.line_that_paid(registration)
    if line is None or registration.status != Registration.Status.CONFIRMED:
        return None
    left = queries.left_of_lines([line])[line.pk]
    percent = seats.refund_percent(registration, now)
    currency = line.order.currency
    return SeatMoney(Money(left, currency), Money(_part(left, percent, currency), currency), percent) if left else None


def refund_of_seat(registration: Registration) -> Money | None:
    """Return what went back for a seat that was given up, or is on its way."""
    refund = Refund.objects.filter(pk=_refund_id(registration), status__in=queries.GIVEN_BACK).first()
    return refund.amount if refund else None


def _refund_id(registration: Registration) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, str(registration.pk))


def _part(total_minor: int, percent: int | None, currency: str) -> int:
    if percent == 100:
        return total_minor
    return share(total_minor=total_minor, percent=Decimal(percent or 0), step=smallest_payment(currency))


def settle_seat_given_up(*, fact: SeatReleased, now: datetime) -> None:
    """Give back what is due for a seat, or end the order that was to pay for it; tell Finance. Again, it does nothing.

    Not in a transaction.  Raises PaymentProcessing, ProviderUnavailable, PaymentsNotSetUp: then it is tried again.
    """
    registration = Registration.objects.select_related("person", "offering__page").get(pk=fact.registration_id)
    line = queries.line_that_paid(registration)
    if line is None:
        endings.drop(order_id=fact.source.partition(":")[2], now=now)
        # Whoever was quicker with the card has paid meanwhile.
        line = queries.line_that_paid(registration)
    if line is not None:
        refund = _refund(line, registration, fact, now=now)
        if fact.cause != Registration.Cause.DATE_CANCELLED:
            _tell_finance(line, registration, fact, refund, now=now)


def _refund(line: OrderLine, registration: Registration, fact: SeatReleased, *, now: datetime) -> Refund | None:
    refund_id = _refund_id(registration)
    known = Refund.objects.filter(pk=refund_id).first()
    amount = (
        known.amount_minor
        if known
        else _part(queries.left_of_lines([line])[line.pk], fact.percent, line.order.currency)
    )
    if not amount:
        return None
    wish = RefundWish(
        fact.reason, amount, [line.pk], entitlements=Refund.Entitlements.CANCEL_IMMEDIATELY, refund_id=refund_id
    )
    try:
        return refunds.refund(order=line.order, by=None, wish=wish, now=now)
    except (refusals.RefundRefused, refusals.NothingToRefund):
        # Refused: Finance has been told. Nothing left: somebody was quicker, and it is on its way.
        return Refund.objects.filter(pk=refund_id).first()


def _tell_finance(
    line: OrderLine, registration: Registration, fact: SeatReleased, refund: Refund | None, *, now: datetime
) -> None:
    goes_back = refund is not None and refund.status != Refund.Status.FAILED
    for person in queries.refunders():
        notices.send(
            kind="paid_seat_given_up", key=f"paid_seat_given_up:{registration.pk}:{person.pk}", person=person, now=now,
            who=registration.person.full_name or registration.person.email, title=line.title, number=line.order.number,
            total=line.total, amount=refund.amount if refund and goes_back else "",
            by_staff=fact.cause == Registration.Cause.BY_STAFF, undecided=fact.percent is None or bool(refund),
            path=reverse("checkout_order_modeladmin_inspect", args=[line.order_id]),
        )  # fmt: skip
