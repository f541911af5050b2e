"""Opening an order: everything checked, held and written in one transaction; the payment page asked for after it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from academies.journal import actions as journal
from academies.kernel.codes import uuid7
from academies.kernel.errors import Invalid
from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.checkout import queries, rules
from commerce.checkout.actions import addresses, endings, fulfil, locks, moves, pages, refusals, selling, till
from commerce.checkout.facts import Item, Priced, Wish
from commerce.checkout.models import Order, OrderLine, PaymentAttempt
from commerce.enrolments import queries as seats
from commerce.plans.models import Plan

MOST_ITEMS = 20


@till.within_time()
def open_checkout(*, person: User, wish: Wish, now: datetime) -> tuple[Order, PaymentAttempt | None]:
    """Open an order and its payment page. A total of zero is paid at once, without an attempt and without the provider.

    Not in a transaction: the provider is asked after commit. The same `order_id` again gives the same order. Older pending
    orders of this person for the same things are cancelled first.
    Raises EmptyBasket, NotHere, NotOnSale, SubscriptionsNotOpen, AlreadyBought, BadCoupon, CouponUsedUp, PriceChanged,
    MixedCurrencies, ForeignAddress, PaymentsNotSetUp, what `enrolments.hold_seat` raises, and ProviderUnavailable, after
    which the order stays pending and `pay` asks for its page again.
    """
    _refuse_malformed(wish.items)
    addresses.own(wish.success_url, field="success_url")
    addresses.own(wish.cancel_url, field="cancel_url")
    # Only an id that somebody gave us can be known already.
    known = _known(person, wish.order_id) if wish.order_id else None
    return _with_page(known or _placed(person, wish, wish.order_id or uuid7(), now=now), now=now)


@transaction.atomic
def quote(*, person: User, items: Sequence[Item], now: datetime, coupon: str = "") -> Priced:
    """Say what things would cost a person now, and hold nothing. Raises what `open_checkout` raises for them, but seats."""
    wish = Wish(items)
    things = _things(wish.plans, wish.offerings)
    used = selling.usable_coupon(coupon, now=now)
    for thing in things:
        selling.refuse_unsellable(thing, person=person, now=now)
    return selling.priced(things, used)


def _refuse_malformed(items: Sequence[Item]) -> None:
    if not items:
        raise refusals.EmptyBasket(fields={"items": ["Name at least one plan or offering."]})
    if len(items) > MOST_ITEMS or len(set(items)) < len(items):
        raise Invalid(fields={"items": [f"Name at most {MOST_ITEMS} different things, each once."]})
    for item in items:
        if bool(item.plan) == bool(item.offering):
            raise Invalid(fields={"items": ["An item is either a plan or an offering."]})
        if item.quantity != 1:
            raise Invalid(fields={"items": ["You can buy for yourself only, so each quantity is 1."]})


def _known(person: User, order_id: UUID) -> Order | None:
    return Order.objects.filter(pk=order_id, person=person).first()


def _placed(person: User, wish: Wish, order_id: UUID, *, now: datetime) -> Order:
    endings.supersede(person=person, plans=wish.plans, offerings=wish.offerings, keep=order_id, now=now)
    try:
        with transaction.atomic():
            return _place(person, wish, order_id, now=now)
    except IntegrityError:
        # The same form was sent twice at once, and the other request was first.
        known = _known(person, order_id)
        if known is None and Order.objects.filter(pk=order_id).exists():
            raise refusals.FormOutdated() from None
        if known is None:
            raise
        return known


def _place(person: User, wish: Wish, order_id: UUID, *, now: datetime) -> Order:
    things = _things(wish.plans, wish.offerings)
    coupon = selling.usable_coupon(wish.coupon, now=now)
    for thing in things:
        selling.refuse_unsellable(thing, person=person, now=now)
    price = selling.priced(things, coupon)
    if wish.expected_total_minor not in (None, price.total_minor) or wish.expected_currency not in ("", price.currency):
        raise refusals.PriceChanged(total={"amount_minor": price.total_minor, "currency": price.currency})
    holds = [thing.hold_minutes for thing in things if isinstance(thing, Offering)]
    order = Order(
        id=order_id, person=person, coupon=coupon, **_amounts(price), billing=dict(wish.billing),
        success_url=wish.success_url, cancel_url=wish.cancel_url,
        created_at=now, expires_at=rules.expires_at(now=now, hold_minutes=holds),
    )  # fmt: skip
    # Ids of one millisecond are in no order of their own, and an order's lines are read in the order of theirs.
    ids = sorted(uuid7() for _ in things)
    lines = [_line(order, thing, pk) for thing, pk in zip(things, ids, strict=True)]
    fulfil.hold_seats(order, lines, now=now)
    if price.total_minor:
        return _write_pending(order, lines, now=now)
    return _write_free(order, lines, now=now)


def _amounts(price: Priced) -> dict[str, Any]:
    return {
        "currency": price.currency,
        "subtotal_minor": price.subtotal_minor,
        "discount_minor": price.discount_minor,
        "total_minor": price.total_minor,
    }


def _things(slugs: Sequence[str], offering_ids: Sequence[UUID]) -> list[Plan | Offering]:
    """Return what is wanted, as it is sold at this moment. Raises Invalid for what is not here."""
    plans = {plan.slug: plan for plan in Plan.objects.filter(slug__in=slugs)} if slugs else {}
    offerings = Offering.objects.select_related("page").in_bulk(offering_ids) if offering_ids else {}
    missing = [slug for slug in slugs if slug not in plans]
    missing += [str(pk) for pk in offering_ids if pk not in offerings]
    if missing:
        raise Invalid(fields={"items": [f"There is nothing called {name} on sale here." for name in missing]})
    return [*(plans[slug] for slug in slugs), *(offerings[pk] for pk in offering_ids)]


def _line(order: Order, thing: Plan | Offering, pk: UUID) -> OrderLine:
    own = {"plan": thing} if isinstance(thing, Plan) else {"offering": thing}
    return OrderLine(
        id=pk, order=order, title=title_of(thing), unit_minor=thing.price_minor, total_minor=thing.price_minor, **own
    )


def title_of(thing: Plan | Offering) -> str:
    """Name a thing as it is printed on an order."""
    return (thing.title if isinstance(thing, Plan) else f"{thing.page.title}, {_date(thing)}")[:255]


def _date(offering: Offering) -> str:
    local = offering.starts_at.astimezone(ZoneInfo(seats.time_zone_of(offering.page.specific)))
    return offering.title or f"{local:%d %B %Y, %H:%M}"


def _write(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> None:
    # The number's lock comes last: from here to commit orders are placed one by one.
    order.number = locks.next_number()
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(lines)
    journal.record(
        "checkout.order_opened", of=order, by=order.person, at=now,
        number=order.number, total_minor=order.total_minor, currency=order.currency,
    )  # fmt: skip


def _write_pending(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> Order:
    provider = till.gateway().name
    _write(order, lines, now=now)
    pages.begin_attempt(order, provider=provider, now=now)
    return order


def _write_free(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> Order:
    fulfil.deliver(order, lines, now=now)
    _write(order, lines, now=now)
    order.paid_at = now
    moves.move(order, "paid", now=now)
    fulfil.write_of_payment(order, lines, now=now)
    return order


def _with_page(order: Order, *, now: datetime) -> tuple[Order, PaymentAttempt | None]:
    attempt = queries.latest_attempt(order) if order.status == Order.Status.PENDING else None
    if attempt is None:
        return order, None
    attempt = pages.ask_for_page(attempt=attempt, now=now)
    return attempt.order, attempt
