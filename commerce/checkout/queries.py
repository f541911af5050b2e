"""Reads about orders, coupons and money."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from academies.kernel.money import smallest_payment
from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.checkout import rules
from commerce.checkout.models import Order, OrderLine, PaymentAccount, PaymentAttempt, Refund
from commerce.enrolments.models import Entitlement, Registration
from commerce.plans.models import Coupon, Plan

# Orders that were paid for, and whose money has not gone back altogether.
PAID = (Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED)
# What counts against a payment: a refund that failed gave nothing back.
GIVEN_BACK = (Refund.Status.CREATED, Refund.Status.DONE)


def takes_payments() -> bool:
    """Answer whether the current academy can be paid: by an account of its own or by the deployment's."""
    return bool(settings.STRIPE_SECRET_KEY) or PaymentAccount.objects.exists()


def orders() -> QuerySet[Order]:
    """Return orders with what a list shows of their lines: two queries, whatever their number."""
    lines = OrderLine.objects.select_related("plan").order_by("pk")
    return Order.objects.prefetch_related(Prefetch("lines", lines))


def orders_of(person: User) -> QuerySet[Order]:
    """Return a person's orders, newest first."""
    return orders().filter(person=person).order_by("-created_at", "-number")


def has_all_of(person: User, plan: Plan, *, now: datetime) -> bool:
    """Answer whether a person's live entitlements open all that a plan opens."""
    return _covers(plan, Entitlement.objects.filter(person=person).live(now))


def has_for_good(person: User, plan: Plan, *, now: datetime) -> bool:
    """Answer whether all that a plan opens is open to a person without an end, so that it can give them nothing."""
    return _covers(plan, Entitlement.objects.filter(person=person, ends_at=None).live(now))


def has_bought_all_of(order: Order, plan: Plan, *, now: datetime) -> bool:
    """Answer whether other orders have opened all that a plan of this one opens, for good or since it was placed.

    What they had for a time when they placed it, they meant to extend.  What was given a moment ago counts, though a
    clock elsewhere may be ahead of `now`.
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
    wanted = {course.translation_key for course in plan.courses.all()}
    return bool(wanted) and not plan.all_courses and wanted <= held


def uses_of(coupon: Coupon) -> int:
    """Count the orders that use a coupon, or still may. Exact only under the coupon's lock.

    An order that is overdue counts until it is expired: its payment page may just have been paid.
    """
    using = (Order.Status.PENDING, Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED)
    return Order.objects.filter(coupon=coupon, status__in=using).count()


def is_ordered(thing: Plan | Coupon) -> bool:
    """Answer whether an order, paid or not, names a plan or a coupon."""
    if isinstance(thing, Coupon):
        return Order.objects.filter(coupon=thing).exists()
    return OrderLine.objects.filter(plan=thing).exists()


def attempt_named(
    *, attempt_id: str | None, reference: str | None, payment_reference: str | None
) -> PaymentAttempt | None:
    """Return this academy's attempt that one of the names belongs to; None when none is ours."""
    wanted = Q(pk__in=[])
    if attempt_id and is_uuid(attempt_id):
        wanted |= Q(pk=attempt_id)
    if reference:
        wanted |= Q(reference=reference)
    if payment_reference:
        wanted |= Q(payment_reference=payment_reference)
    return PaymentAttempt.objects.filter(wanted).select_related("order").first()


def latest_attempt(order: Order) -> PaymentAttempt | None:
    return order.attempts.order_by("-created_at", "-pk").first()


def confirmed_minor(order: Order) -> int:
    paid = order.attempts.filter(status=PaymentAttempt.Status.CONFIRMED)
    return int(paid.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def refunds_of(order: Order) -> QuerySet[Refund]:
    """Return an order's refunds, oldest first."""
    return Refund.objects.filter(attempt__order=order).order_by("created_at", "pk")


def given_back_minor(refunds: QuerySet[Refund], *, statuses: Iterable[str] = GIVEN_BACK) -> int:
    """Return how much refunds of these statuses give back together."""
    return int(refunds.filter(status__in=list(statuses)).aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def with_money_left(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Annotate `left_minor`: how much of what came for an order has not gone back, nor is on its way back."""
    paid = PaymentAttempt.objects.filter(order=OuterRef("pk"), status=PaymentAttempt.Status.CONFIRMED)
    back = Refund.objects.filter(attempt__order=OuterRef("pk"), status__in=GIVEN_BACK)
    came, went = paid.order_by().values("order"), back.order_by().values("attempt__order")
    total = [Coalesce(Subquery(one.annotate(sum=Sum("amount_minor")).values("sum")), 0) for one in (came, went)]
    return rows.annotate(left_minor=total[0] - total[1])


def money_left(order: Order) -> int:
    """Return how much of an order's money may still go back. No query where `with_money_left` read it."""
    read: int | None = getattr(order, "left_minor", None)
    return confirmed_minor(order) - given_back_minor(refunds_of(order)) if read is None else read


def refundable(order: Order) -> tuple[PaymentAttempt | None, int]:
    """Return the payment that the next refund is taken from, and how much of it may still go back.

    Refunds on their way count. With two payments it is the one with more left.
    """
    paid = order.attempts.filter(status=PaymentAttempt.Status.CONFIRMED).order_by("pk")
    left = [(attempt, attempt.amount_minor - given_back_minor(attempt.refunds.all())) for attempt in paid]
    return max(left, key=lambda pair: pair[1], default=(None, 0))


def lines_left(order: Order) -> list[tuple[OrderLine, int]]:
    """Return the lines that cost something and did not go back yet, each with what a refund of it gives."""
    lines = list(order.lines.order_by("pk"))
    back = {pk for one in refunds_of(order).filter(status__in=GIVEN_BACK) for pk in one.lines}
    left = refundable(order)[1]
    kept = [line for line in lines if str(line.pk) not in back]
    costs = [(line, min(cost_of(order, lines, [line]), left)) for line in kept]
    return [(line, cost) for line, cost in costs if cost > 0]


def cost_of(order: Order, lines: Sequence[OrderLine], chosen: Iterable[OrderLine]) -> int:
    """Return what some of an order's lines cost after their share of its discount."""
    weights = [line.total_minor for line in lines]
    shares = rules.shares(total_minor=order.discount_minor, weights=weights, step=smallest_payment(order.currency))
    ids = {line.pk for line in chosen}
    return sum(line.total_minor - share for line, share in zip(lines, shares, strict=True) if line.pk in ids)


def leaves_nothing(order: Order, amount_minor: int) -> bool:
    """Answer whether all of an order's money is back once this much more of it is."""
    return given_back_minor(refunds_of(order)) + amount_minor >= confirmed_minor(order)


def line_that_paid(registration: Registration) -> OrderLine | None:
    """Return the paid order's line that bought a seat; None for one that costs nothing or isn't paid for."""
    kind, _, order_id = registration.source.partition(":")
    if kind != "order" or not is_uuid(order_id):
        return None
    paid = OrderLine.objects.filter(registration=registration, order=UUID(order_id), order__status__in=PAID)
    return paid.select_related("order").first()


def seat_lines_of(dates: Iterable[Offering]) -> list[OrderLine]:
    """Return the paid lines that bought the seats people have at these dates."""
    seated = OrderLine.objects.filter(offering__in=list(dates), registration__status=Registration.Status.CONFIRMED)
    lines = seated.filter(order__status__in=PAID).select_related("order", "registration").order_by("pk")
    return [line for line in lines if line.registration and line.registration.source == f"order:{line.order_id}"]


def left_of_lines(lines: Iterable[OrderLine]) -> dict[UUID, int]:
    """Return how much of each line's price, after its share of the discount, has not gone back. Three queries for all."""
    wanted = list(lines)
    refunds = Prefetch("attempts", PaymentAttempt.objects.prefetch_related("refunds"))
    read = with_money_left(Order.objects.filter(pk__in={line.order_id for line in wanted}))
    by_id = {order.pk: order for order in read.prefetch_related("lines", refunds)}
    return {line.pk: _left(by_id[line.order_id], line) for line in wanted}


def _left(order: Order, line: OrderLine) -> int:
    lines = sorted(order.lines.all(), key=lambda one: one.pk)
    index = {str(one.pk): number for number, one in enumerate(lines)}
    refunds = [one for attempt in order.attempts.all() for one in attempt.refunds.all() if one.status in GIVEN_BACK]
    return rules.left_of_line(
        index=index[str(line.pk)],
        totals=[one.total_minor for one in lines],
        discount_minor=order.discount_minor,
        refunds=[(one.amount_minor, [index[pk] for pk in one.lines if pk in index]) for one in refunds],
        order_left_minor=money_left(order),
        step=smallest_payment(order.currency),
    )


def refunders() -> QuerySet[User]:
    """Return the people whose matter refunds are."""
    may = Permission.objects.filter(content_type__app_label="checkout", codename="refund_order")
    return User.objects.filter(is_active=True, groups__permissions__in=may).distinct().order_by("pk")


def overlapping(person: User, *, plans: Iterable[str], offerings: Iterable[UUID]) -> list[Order]:
    """Return a person's pending orders that hold one of these plans, by their slugs, or offerings."""
    wanted = Q(lines__plan__slug__in=list(plans)) | Q(lines__offering__in=list(offerings))
    return list(Order.objects.filter(wanted, person=person, status=Order.Status.PENDING).distinct().order_by("pk"))


def is_uuid(text: str) -> bool:
    """Answer whether a name that somebody else wrote can be an id of ours."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
