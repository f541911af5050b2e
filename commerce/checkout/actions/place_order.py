"""Placing an order: it is checked, priced and stored in one transaction; then its checkout session is opened."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from academies.journal import actions as journal
from academies.kernel.codes import uuid7
from academies.kernel.errors import Invalid
from academies.people.models import User
from academies.tenants import queries as tenants
from academies.tenants.models import Domain
from catalog.offerings.models import Offering
from commerce.checkout import gateway, queries, refusals, rules
from commerce.checkout.actions import cancel, fulfil, locks, payment, pricing
from commerce.checkout.models import Order, OrderLine, PaymentAttempt
from commerce.checkout.types import CheckoutRequest, Item, Quote
from commerce.enrolments import queries as seats
from commerce.plans.models import Plan

MAX_ITEMS = 20
MAX_URL_LENGTH = 500


@gateway.within_time()
def place_order(
    *, person: User, checkout_request: CheckoutRequest, now: datetime, own_origins: Collection[str] = ()
) -> tuple[Order, PaymentAttempt | None]:
    """Place an order and open its checkout session. A total of zero is paid at once, without an attempt or a provider.

    Not in a transaction: the provider is called after commit. The same `order_id` again returns the same order. Older
    pending orders of this person for the same products are cancelled first.
    own_origins: the academy's own web sites, besides its domains, that buyers may return to.
    Raises EmptyBasket, NotOnSale, SubscriptionsNotOpen, AlreadyBought, BadCoupon, CouponUsedUp, PriceChanged,
    MixedCurrencies, ForeignReturnUrl, PaymentsNotSetUp, what `enrolments.hold_seat` raises, and ProviderUnavailable,
    after which the order stays pending and `open_session` asks for its session again.
    """
    _check_items(checkout_request.items)
    for field in ("success_url", "cancel_url"):
        validate_return_url(getattr(checkout_request, field), field=field, own_origins=own_origins)
    order_id = checkout_request.order_id
    # Only an id that came with the request can exist already.
    order = _existing(person, order_id) if order_id else None
    order = order or _place_once(person, checkout_request, order_id or uuid7(), now=now)
    return _with_session(order, now=now)


@transaction.atomic
def quote(*, person: User, items: Sequence[Item], now: datetime, coupon: str = "") -> Quote:
    """Return what items cost a person now, and hold nothing. Raises what `place_order` raises for them, except for seats."""
    checkout_request = CheckoutRequest(items)
    products = _products(checkout_request.plans, checkout_request.offerings)
    usable = pricing.usable_coupon(coupon, now=now)
    for product in products:
        pricing.check_sellable(product, person=person, now=now)
    return pricing.price(products, usable)


def _check_items(items: Sequence[Item]) -> None:
    if not items:
        raise refusals.EmptyBasket(fields={"items": [_("Name at least one plan or offering.")]})
    if len(items) > MAX_ITEMS or len(set(items)) < len(items):
        message = _("Name at most %(count)d different items, each once.") % {"count": MAX_ITEMS}
        raise Invalid(fields={"items": [message]})
    for item in items:
        if bool(item.plan) == bool(item.offering):
            raise Invalid(fields={"items": [_("An item is either a plan or an offering.")]})
        if item.quantity != 1:
            raise Invalid(fields={"items": [_("You can buy for yourself only, so each quantity is 1.")]})


def _existing(person: User, order_id: UUID) -> Order | None:
    return Order.objects.filter(pk=order_id, person=person).first()


def _place_once(person: User, checkout_request: CheckoutRequest, order_id: UUID, *, now: datetime) -> Order:
    plans, offerings = checkout_request.plans, checkout_request.offerings
    cancel.supersede(person=person, plans=plans, offerings=offerings, keep=order_id, now=now)
    try:
        with transaction.atomic():
            return _place(person, checkout_request, order_id, now=now)
    except IntegrityError:
        # The same form was sent twice at once, and the other request was first.
        order = _existing(person, order_id)
        if order is None and Order.objects.filter(pk=order_id).exists():
            raise refusals.FormOutdated() from None
        if order is None:
            raise
        return order


def _place(person: User, checkout_request: CheckoutRequest, order_id: UUID, *, now: datetime) -> Order:
    products = _products(checkout_request.plans, checkout_request.offerings)
    coupon = pricing.usable_coupon(checkout_request.coupon, now=now)
    for product in products:
        pricing.check_sellable(product, person=person, now=now)
    price = pricing.price(products, coupon)
    _check_expected(checkout_request, price)
    holds = [product.hold_minutes for product in products if isinstance(product, Offering)]
    order = Order(
        id=order_id, person=person, coupon=coupon, **_amounts(price), billing=dict(checkout_request.billing),
        success_url=checkout_request.success_url, cancel_url=checkout_request.cancel_url,
        created_at=now, expires_at=rules.expires_at(now=now, hold_minutes=holds),
    )  # fmt: skip
    # Ids of one millisecond are in no order of their own, and an order's lines are read in the order of their ids.
    ids = sorted(uuid7() for _product in products)
    lines = [_line(order, product, pk) for product, pk in zip(products, ids, strict=True)]
    fulfil.hold_seats(order, lines, now=now)
    if price.total_minor:
        return _store_pending(order, lines, now=now)
    return _store_free(order, lines, now=now)


def _check_expected(checkout_request: CheckoutRequest, price: Quote) -> None:
    same_total = checkout_request.expected_total_minor in (None, price.total_minor)
    if not same_total or checkout_request.expected_currency not in ("", price.currency):
        raise refusals.PriceChanged(total={"amount_minor": price.total_minor, "currency": price.currency})


def _amounts(price: Quote) -> dict[str, Any]:
    return {
        "currency": price.currency,
        "subtotal_minor": price.subtotal_minor,
        "discount_minor": price.discount_minor,
        "total_minor": price.total_minor,
    }


def _products(slugs: Sequence[str], offering_ids: Sequence[UUID]) -> list[Plan | Offering]:
    """Return plans and offerings as they are sold now. Raises Invalid for what does not exist."""
    plans = {plan.slug: plan for plan in Plan.objects.filter(slug__in=slugs)} if slugs else {}
    offerings = Offering.objects.select_related("page").in_bulk(offering_ids) if offering_ids else {}
    missing = [slug for slug in slugs if slug not in plans]
    missing += [str(pk) for pk in offering_ids if pk not in offerings]
    if missing:
        message = _("There is nothing called %(name)s on sale here.")
        raise Invalid(fields={"items": [message % {"name": name} for name in missing]})
    return [*(plans[slug] for slug in slugs), *(offerings[pk] for pk in offering_ids)]


def _line(order: Order, product: Plan | Offering, pk: UUID) -> OrderLine:
    of_product = {"plan": product} if isinstance(product, Plan) else {"offering": product}
    unit_minor = product.price_minor
    return OrderLine(
        id=pk, order=order, title=line_title(product), unit_minor=unit_minor, total_minor=unit_minor, **of_product
    )


def line_title(product: Plan | Offering) -> str:
    """Return the title of a product on an order."""
    return (product.title if isinstance(product, Plan) else f"{product.page.title}, {_date(product)}")[:255]


def _date(offering: Offering) -> str:
    local = offering.starts_at.astimezone(ZoneInfo(seats.time_zone_of(offering.page.specific)))
    return offering.title or f"{local:%d %B %Y, %H:%M}"


def _store(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> None:
    # The number's lock comes last: from here to commit orders are placed one by one.
    order.number = locks.next_number()
    order.save(force_insert=True)
    OrderLine.objects.bulk_create(lines)
    journal.record(
        "checkout.order_opened", of=order, by=order.person, at=now,
        number=order.number, total_minor=order.total_minor, currency=order.currency,
    )  # fmt: skip


def _store_pending(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> Order:
    provider = gateway.current().name
    _store(order, lines, now=now)
    payment.create_attempt(order, provider=provider, now=now)
    return order


def _store_free(order: Order, lines: Sequence[OrderLine], *, now: datetime) -> Order:
    fulfil.fulfil_order(order, lines, now=now)
    _store(order, lines, now=now)
    order.paid_at = now
    locks.transition(order, "paid", now=now)
    fulfil.email_payment_confirmation(order, lines, now=now)
    return order


def _with_session(order: Order, *, now: datetime) -> tuple[Order, PaymentAttempt | None]:
    attempt = queries.latest_attempt(order) if order.status == Order.Status.PENDING else None
    if attempt is None:
        return order, None
    attempt = payment.ensure_session(attempt=attempt, now=now)
    return attempt.order, attempt


def validate_return_url(url: str, *, field: str, own_origins: Collection[str] = ()) -> None:
    """Raise ForeignReturnUrl, naming the field, for an address outside the academy; "" is none.

    A checkout that sends people to any address would help phishers.
    """
    if url and (len(url) > MAX_URL_LENGTH or not _is_own(url, own_origins)):
        raise refusals.ForeignReturnUrl(field)


def _is_own(url: str, own_origins: Collection[str]) -> bool:
    # Browsers read a backslash as a slash, and ignore some characters altogether.
    if any(character <= " " or character in "\\\x7f" for character in url):
        return False
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not parts.hostname:
        return False
    return _is_own_host(parts.hostname) or origin in own_origins


def _is_own_host(host: str) -> bool:
    if settings.DEMO and (host in ("localhost", "127.0.0.1") or host.endswith(".localhost")):
        return True
    academy = tenants.current()
    return bool(host == academy.domain_url) or Domain.objects.filter(domain=host, tenant_id=academy.pk).exists()
