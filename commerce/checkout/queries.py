"""Queries of orders, payments and refunds."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from academies.kernel.money import smallest_payment
from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.checkout import rules
from commerce.checkout.models import (
    Order,
    OrderLine,
    PaymentAccount,
    PaymentAttempt,
    PaymentSettings,
    Refund,
    default_provider,
)
from commerce.enrolments.models import Entitlement, Registration
from commerce.gateways import providers as gateways
from commerce.gateways.providers import Provider
from commerce.plans.models import Coupon, Plan

# Orders that are paid, and not refunded altogether.
PAID = (Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED)
# Refunds that count against a payment.
NOT_FAILED = (Refund.Status.CREATED, Refund.Status.DONE)


def providers() -> dict[str, Provider]:
    """Return the payment providers that this deployment offers, by name."""
    return gateways.load(settings.PAYMENT_PROVIDERS)


def providers_by_hand() -> list[str]:
    """Return the names of the providers whose payments and refunds people record."""
    return [provider.name for provider in providers().values() if not provider.is_remote]


def current_provider() -> str:
    """Return the name of the provider for new payments of the current academy."""
    chosen = PaymentSettings.objects.first()
    return chosen.provider if chosen else default_provider()


def takes_payments() -> bool:
    """Answer whether the current academy can be paid, by an account of its own, the deployment's, or by hand."""
    account = PaymentAccount.objects.filter(provider=OuterRef("provider"))
    chosen = PaymentSettings.objects.annotate(has_account=Exists(account)).first()
    name = chosen.provider if chosen else default_provider()
    provider = providers().get(name)
    if provider is None:
        return False
    if not provider.is_remote or deployment_account(provider)[0]:
        return True
    return chosen.has_account if chosen else PaymentAccount.objects.filter(provider=name).exists()


def deployment_account(provider: Provider) -> tuple[str, str]:
    """Return the secret key and the webhook secret of the deployment's own account; "" where it has none."""
    keys = {keyword: str(getattr(settings, name)) for keyword, name in provider.account.items()}
    return keys.get("secret_key", ""), keys.get("webhook_secret", "")


def orders() -> QuerySet[Order]:
    """Return orders with their lines, in two queries."""
    lines = OrderLine.objects.select_related("plan").order_by("pk")
    return Order.objects.prefetch_related(Prefetch("lines", lines))


def orders_of(person: User) -> QuerySet[Order]:
    """Return a person's orders, newest first."""
    return orders().filter(person=person).order_by("-created_at", "-number")


def has_full_access(person: User, plan: Plan, *, now: datetime) -> bool:
    """Answer whether a person has access now to everything that a plan opens."""
    return _covers(plan, Entitlement.objects.filter(person=person).live(now))


def has_lifetime_access(person: User, plan: Plan, *, now: datetime) -> bool:
    """Answer whether a person has access without an end to everything that a plan opens."""
    return _covers(plan, Entitlement.objects.filter(person=person, ends_at=None).live(now))


def has_bought_elsewhere(order: Order, plan: Plan, *, now: datetime) -> bool:
    """Answer whether other orders have opened everything that a plan of this one opens, without an end or since then.

    Limited access that the buyer had when placing this order does not count: they meant to extend it.  Access granted a
    moment ago counts, though another process's clock may be ahead of `now`.
    """
    others = Order.objects.filter(person=order.person_id).exclude(pk=order.pk)
    since = OrderLine.objects.filter(order__in=others.filter(paid_at__gte=order.created_at)).values_list(
        "pk", flat=True
    )
    sources = [f"order_line:{pk}" for pk in since]
    own = [f"order_line:{pk}" for pk in order.lines.values_list("pk", flat=True)]
    bought = Entitlement.objects.filter(person=order.person_id, source__startswith="order_line:").exclude(
        source__in=own
    )
    return _covers(plan, bought.filter(Q(ends_at=None) | Q(source__in=sources)).lasting(now))


def _covers(plan: Plan, entitlements: QuerySet[Entitlement]) -> bool:
    held = set(entitlements.values_list("course_key", flat=True))
    if not held or None in held:
        return bool(held)
    courses = {course.translation_key for course in plan.courses.all()}
    return bool(courses) and not plan.all_courses and courses <= held


def coupon_uses(coupon: Coupon) -> int:
    """Count the orders that use a coupon, or still may. Exact only under the coupon's lock.

    An overdue order counts until it has expired: it may just have been paid.
    """
    using = (Order.Status.PENDING, Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED)
    return Order.objects.filter(coupon=coupon, status__in=using).count()


def is_ordered(product: Plan | Coupon) -> bool:
    """Answer whether an order, paid or not, contains a plan or a coupon."""
    if isinstance(product, Coupon):
        return Order.objects.filter(coupon=product).exists()
    return OrderLine.objects.filter(plan=product).exists()


def find_attempt(
    provider: str, *, attempt_id: str | None, reference: str | None, payment_reference: str | None
) -> PaymentAttempt | None:
    """Return this academy's attempt at a provider with one of these references; None when none is ours."""
    condition = Q(pk__in=[])
    if attempt_id and is_uuid(attempt_id):
        condition |= Q(pk=attempt_id)
    if reference:
        condition |= Q(reference=reference)
    if payment_reference:
        condition |= Q(payment_reference=payment_reference)
    return PaymentAttempt.objects.filter(condition, provider=provider).select_related("order").first()


def latest_attempt(order: Order) -> PaymentAttempt | None:
    return order.attempts.order_by("-created_at", "-pk").first()


def confirmed_minor(order: Order) -> int:
    paid = order.attempts.filter(status=PaymentAttempt.Status.CONFIRMED)
    return int(paid.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def refunds_of(order: Order) -> QuerySet[Refund]:
    """Return an order's refunds, oldest first."""
    return Refund.objects.filter(attempt__order=order).order_by("created_at", "pk")


def stuck_refunds(before: datetime) -> QuerySet[Refund]:
    """Return refunds that have waited for their provider since before then. People may take days, providers may not."""
    waiting = Refund.objects.filter(status=Refund.Status.CREATED, created_at__lt=before)
    return waiting.exclude(attempt__provider__in=providers_by_hand())


def refunded_minor(refunds: QuerySet[Refund], *, statuses: Iterable[str] = NOT_FAILED) -> int:
    """Return the sum of refunds with these statuses."""
    return int(refunds.filter(status__in=list(statuses)).aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def with_refundable_minor(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Annotate `refundable_minor`: how much of an order's payments has not been refunded, nor is about to be."""
    paid = PaymentAttempt.objects.filter(order=OuterRef("pk"), status=PaymentAttempt.Status.CONFIRMED)
    refunded = Refund.objects.filter(attempt__order=OuterRef("pk"), status__in=NOT_FAILED)
    by_order = paid.order_by().values("order"), refunded.order_by().values("attempt__order")
    sums = [Coalesce(Subquery(rows.annotate(sum=Sum("amount_minor")).values("sum")), 0) for rows in by_order]
    return orders.annotate(refundable_minor=sums[0] - sums[1])


def with_recordable(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Annotate `recordable`: whether a payment by hand is awaited, or may still arrive for an order that has ended."""
    return orders.annotate(recordable=_is_recordable())


def can_be_recorded(order: Order) -> bool:
    """Answer whether a payment of an order can be recorded by hand. No query if `with_recordable` has annotated it."""
    annotated: bool | None = getattr(order, "recordable", None)
    return Order.objects.filter(_is_recordable(), pk=order.pk).exists() if annotated is None else annotated


def _is_recordable() -> Q:
    attempts = PaymentAttempt.objects.filter(order=OuterRef("pk"))
    by_hand = attempts.filter(provider__in=providers_by_hand(), reference__isnull=False)
    return Q(Exists(by_hand)) & ~Q(Exists(attempts.filter(status=PaymentAttempt.Status.CONFIRMED)))


def refundable_minor(order: Order) -> int:
    """Return how much of an order can still be refunded. No query if `with_refundable_minor` has annotated it."""
    annotated: int | None = getattr(order, "refundable_minor", None)
    return confirmed_minor(order) - refunded_minor(refunds_of(order)) if annotated is None else annotated


def refundable_payment(order: Order) -> tuple[PaymentAttempt | None, int]:
    """Return the payment that the next refund is taken from, and how much of it can still be refunded.

    Refunds that are not sent yet count. Of two payments it is the one with more left.
    """
    paid = order.attempts.filter(status=PaymentAttempt.Status.CONFIRMED).order_by("pk")
    left = [(attempt, attempt.amount_minor - refunded_minor(attempt.refunds.all())) for attempt in paid]
    return max(left, key=lambda pair: pair[1], default=(None, 0))


def refundable_lines(order: Order) -> list[tuple[OrderLine, int]]:
    """Return the lines that cost something and are not refunded yet, each with the amount of its refund."""
    lines = list(order.lines.order_by("pk"))
    refunded = {pk for refund in refunds_of(order).filter(status__in=NOT_FAILED) for pk in refund.lines}
    left = refundable_payment(order)[1]
    unrefunded = [line for line in lines if str(line.pk) not in refunded]
    costs = [(line, min(lines_cost(order, lines, [line]), left)) for line in unrefunded]
    return [(line, cost) for line, cost in costs if cost > 0]


def lines_cost(order: Order, lines: Sequence[OrderLine], chosen: Iterable[OrderLine]) -> int:
    """Return what some of an order's lines cost after their share of its discount."""
    weights = [line.total_minor for line in lines]
    shares = rules.shares(total_minor=order.discount_minor, weights=weights, step=smallest_payment(order.currency))
    ids = {line.pk for line in chosen}
    return sum(line.total_minor - share for line, share in zip(lines, shares, strict=True) if line.pk in ids)


def refunds_everything(order: Order, amount_minor: int) -> bool:
    """Answer whether a refund of this amount leaves nothing of an order's payments."""
    return refunded_minor(refunds_of(order)) + amount_minor >= confirmed_minor(order)


def paid_line(registration: Registration) -> OrderLine | None:
    """Return the line of a paid order that bought a seat; None for a seat that is free or not paid."""
    kind, _, order_id = registration.source.partition(":")
    if kind != "order" or not is_uuid(order_id):
        return None
    paid = OrderLine.objects.filter(registration=registration, order=UUID(order_id), order__status__in=PAID)
    return paid.select_related("order").first()


def paid_seat_lines(offerings: Iterable[Offering]) -> list[OrderLine]:
    """Return the paid lines that bought the confirmed seats of these offerings."""
    seated = OrderLine.objects.filter(offering__in=list(offerings), registration__status=Registration.Status.CONFIRMED)
    lines = seated.filter(order__status__in=PAID).select_related("order", "registration").order_by("pk")
    return [line for line in lines if line.registration and line.registration.source == f"order:{line.order_id}"]


def refundable_by_line(lines: Iterable[OrderLine]) -> dict[UUID, int]:
    """Return how much of each line's price, less its share of the discount, can be refunded. Three queries for all."""
    lines = list(lines)
    refunds = Prefetch("attempts", PaymentAttempt.objects.prefetch_related("refunds"))
    orders = with_refundable_minor(Order.objects.filter(pk__in={line.order_id for line in lines}))
    by_id = {order.pk: order for order in orders.prefetch_related("lines", refunds)}
    return {line.pk: _line_refundable_minor(by_id[line.order_id], line) for line in lines}


def _line_refundable_minor(order: Order, line: OrderLine) -> int:
    lines = sorted(order.lines.all(), key=attrgetter("pk"))
    index = {str(row.pk): number for number, row in enumerate(lines)}
    refunds = [row for attempt in order.attempts.all() for row in attempt.refunds.all() if row.status in NOT_FAILED]
    return rules.line_refundable_minor(
        index=index[str(line.pk)],
        totals=[row.total_minor for row in lines],
        discount_minor=order.discount_minor,
        refunds=[(row.amount_minor, [index[pk] for pk in row.lines if pk in index]) for row in refunds],
        order_left_minor=refundable_minor(order),
        step=smallest_payment(order.currency),
    )


def finance_staff() -> QuerySet[User]:
    """Return the people who may refund orders."""
    may = Permission.objects.filter(content_type__app_label="checkout", codename="refund_order")
    return User.objects.filter(is_active=True, groups__permissions__in=may).distinct().order_by("pk")


def overlapping_orders(person: User, *, plans: Iterable[str], offerings: Iterable[UUID]) -> list[Order]:
    """Return a person's pending orders with one of these plans, by their slugs, or offerings."""
    overlaps = Q(lines__plan__slug__in=list(plans)) | Q(lines__offering__in=list(offerings))
    return list(Order.objects.filter(overlaps, person=person, status=Order.Status.PENDING).distinct().order_by("pk"))


def is_uuid(text: str) -> bool:
    """Answer whether a text from outside can be one of our ids."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
