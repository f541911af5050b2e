"""HTML doors of buying: the review page, the way back from the payment page, one's orders."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateformat import format as said
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academies.kernel import clock
from academies.kernel.codes import uuid7
from academies.kernel.errors import Refusal
from academies.kernel.money import Money
from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.checkout import actions, queries
from commerce.checkout.access import access_offered
from commerce.checkout.facts import Item, Priced, Wish
from commerce.checkout.forms import ReviewForm
from commerce.checkout.models import Order
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as seats
from commerce.gateways.facts import PaymentState
from commerce.plans.models import Plan
from commerce.plans.rules import sold_online

MY_LEARNING = "/my/"
# The page is shown again with these, so that they can be put right.
_ASK_AGAIN = (actions.PriceChanged, actions.BadCoupon, actions.CouponUsedUp)


# --- before paying --------------------------------------------------------------------------------------------------
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a plan costs this person, and buy it."""
    plan = get_object_or_404(Plan, slug=slug)
    course = seats.courses_for(request.user).filter(plans=plan).first() if not plan.all_courses else None
    shown = {"plan": plan, "back": course.url if course else ""}
    if not sold_online(plan.interval) and request.method != "POST":
        return _not_open(request, plan, shown)
    try:
        return _review(
            request, Item(plan=slug), plan.title, access_offered(cast(User, request.user), plan, clock.now()), **shown,
            refund_policy=course.specific.refund_policy if course else "",
        )  # fmt: skip
    except actions.AlreadyBought as refusal:
        return _to_what_they_have(request, course, refusal)


def _not_open(request: HttpRequest, plan: Plan, shown: dict[str, Any]) -> HttpResponse:
    """Say calmly what can't be bought here yet, with nothing to press that ends in a refusal."""
    context = {
        **shown, "lines": [_line(plan.title, plan.description, plan.price)], "total": plan.price, "not_open": True,
        "is_subscription": True, "interval_label": plan.get_interval_display().lower(),
    }  # fmt: skip
    return render(request, "checkout/review.html", context)


def _to_what_they_have(request: HttpRequest, course: Any, refusal: Refusal) -> HttpResponse:
    """Lead on: to the course where it waits to be begun, else to all that one learns."""
    mine = seats.enrolment_of(request.user, course.translation_key) if course else None
    if course is None or (mine and mine.is_attending):
        messages.info(request, _(refusal.message))
        return redirect(MY_LEARNING)
    messages.info(request, "This course is open to you already. Start whenever you like.")
    return redirect(course.url)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_offering(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a seat costs this person, and buy it; where all are taken, the waiting list."""
    offering = get_object_or_404(seats.offerings_for(request.user), pk=pk)
    page = offering.page.specific
    detail = said(offering.starts_at.astimezone(ZoneInfo(seats.time_zone_of(page))), "l j F Y, H:i T")
    shown = {
        "offering": offering, "event": page, "back": page.url, "refund_policy": seats.refund_terms_text(offering),
    }  # fmt: skip
    person = cast(User, request.user)
    asks = request.method != "POST" or "join" in request.POST
    refusal = _seat_refusal(person, offering) if asks else None
    if refusal:
        messages.info(request, _(refusal.message))
        return redirect(MY_LEARNING if isinstance(refusal, enrolments.AlreadyRegistered) else page.url)
    if _is_full_for(person, offering):
        return _join(request, offering, {**shown, "lines": [_line(page.title, detail, offering.price)]})
    return _review(request, Item(offering=pk), page.title, detail, **shown)


def _seat_refusal(person: User, offering: Offering) -> Refusal | None:
    """Return why there is nothing to press here for this person; the waiting list is something to press."""
    try:
        enrolments.check_seat(person=person, offering=offering, now=clock.now())
    except enrolments.SoldOut as refusal:
        return None if offering.waiting_list else refusal
    except Refusal as refusal:
        return refusal
    return None


def _is_full_for(person: User, offering: Offering) -> bool:
    if not offering.waiting_list or seats.registration_of(person, offering):
        return False
    return seats.seats_left([offering])[offering.pk] == 0


def _join(request: HttpRequest, offering: Offering, shown: dict[str, Any]) -> HttpResponse:
    if request.method == "POST" and "join" in request.POST:
        enrolments.join_waiting_list(person=cast(User, request.user), offering=offering, now=clock.now())
        messages.success(request, "You are on the waiting list. We will write when a seat is free.")
        return redirect(shown["back"] or MY_LEARNING)
    context = {**shown, "total": offering.price, "joins_waiting_list": True, "hidden": {"join": 1}}
    if request.method == "POST":
        # They agreed to pay for a seat, and it went while they read.
        context["error"] = "The last seat has just been taken. You have not been charged."
    return render(request, "checkout/review.html", context, status=409 if "error" in context else 200)


def _review(request: HttpRequest, item: Item, title: str, detail: str, **shown: Any) -> HttpResponse:
    person, now = cast(User, request.user), clock.now()
    form = ReviewForm(request.POST) if request.method == "POST" else None
    told: dict[str, Any] = {}
    if form and form.is_valid() and "apply" not in request.POST:
        try:
            return _buy(request, person, item, form.cleaned_data, now)
        except _ASK_AGAIN as refusal:
            told = _told(refusal)
    coupon = (form["coupon"].value() or "" if form else request.GET.get("coupon", ""))[:40]
    try:
        price = actions.quote(person=person, items=[item], coupon=coupon, now=now)
    except (actions.BadCoupon, actions.CouponUsedUp) as refusal:
        told = _told(refusal)
        price = actions.quote(person=person, items=[item], now=now)
    context = {**shown, **told, **_amounts(price, title, detail), "coupon": coupon}
    context["hidden"] = {"order_id": uuid7(), "expected_minor": price.total_minor}
    return render(request, "checkout/review.html", context, status=409 if told else 200)


def _buy(request: HttpRequest, person: User, item: Item, wish: dict[str, Any], now: datetime) -> HttpResponse:
    try:
        asked = Wish([item], wish["coupon"], order_id=wish["order_id"], expected_total_minor=wish["expected_minor"])
        order, attempt = actions.open_checkout(person=person, wish=asked, now=now)
    except actions.ProviderUnavailable as refusal:
        order = queries.orders_of(person).filter(pk=wish["order_id"]).first()
        if order is None:
            # An older order of theirs couldn't be closed, so this one was never written.
            raise
        messages.error(request, _(refusal.message))
        return redirect("order", order.pk)
    if attempt and attempt.url and order.status == Order.Status.PENDING:
        return HttpResponseRedirect(attempt.url)
    return redirect("order_done", order.pk)


def _told(refusal: Refusal) -> dict[str, Any]:
    if "coupon" in refusal.fields:
        return {"coupon_error": _(refusal.fields["coupon"][0])}
    return {"error": _(refusal.message)}


def _line(title: str, detail: str, total: Money) -> dict[str, Any]:
    return {"title": title, "detail": detail, "total": total}


def _amounts(price: Priced, title: str, detail: str) -> dict[str, Any]:
    subtotal = Money(price.subtotal_minor, price.currency)
    return {
        "lines": [_line(title, detail, subtotal)],
        "subtotal": subtotal,
        "discount": Money(price.discount_minor, price.currency),
        "total": Money(price.total_minor, price.currency),
        "takes_coupon": bool(price.subtotal_minor),
    }


# --- after paying ---------------------------------------------------------------------------------------------------
def _own(request: HttpRequest, pk: UUID) -> Order:
    return get_object_or_404(queries.orders_of(cast(User, request.user)).select_related("coupon", "person"), pk=pk)


@never_cache
@login_required
@require_safe
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an order as it is now; one that is pending is looked up at the provider first."""
    found, _ = actions.look(order=_own(request, pk), now=clock.now())
    context = _shown(found)
    if found.status == Order.Status.PENDING:
        context |= {"pay_url": f"/checkout/orders/{found.pk}/pay/", "may_cancel": True}
    return render(request, "checkout/order.html", context)


@never_cache
@login_required
@require_safe
def order_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the payment page sends people back to. It proves nothing: the provider is asked."""
    found, remote = actions.look(order=_own(request, pk), now=clock.now())
    state = _state(found, remote)
    context = _shown(found)
    if state == "refunded" or (context["refunds"] and state != "paid"):
        return redirect("order", found.pk)
    again = (
        f"/checkout/orders/{found.pk}/pay/" if found.status == Order.Status.PENDING else _address_of(context["lines"])
    )
    next_url, next_label = _onwards(context["lines"])
    return render(
        request, "checkout/return.html",
        {**context, "state": state, "again_url": again, "next_url": next_url, "next_label": next_label},
    )  # fmt: skip


_STATES = {
    Order.Status.PAID: "paid",
    Order.Status.PARTIALLY_REFUNDED: "paid",
    Order.Status.REFUNDED: "refunded",
    Order.Status.CANCELLED: "cancelled",
    Order.Status.EXPIRED: "expired",
}
_PENDING = {
    PaymentState.OPEN: "cancelled",
    PaymentState.FAILED: "failed",
    PaymentState.EXPIRED: "expired",
}


def _state(found: Order, remote: PaymentState | None) -> str:
    """Say in one word how buying stands: paid, processing, failed, cancelled, expired or refunded."""
    status = Order.Status(found.status)
    if status in _STATES:
        return _STATES[status]
    return _PENDING.get(remote, "processing") if remote else "processing"


def _shown(found: Order) -> dict[str, Any]:
    lines = list(found.lines.select_related("plan", "offering__page", "registration").order_by("pk"))
    for line in lines:
        line.order = found
    return {
        "order": found,
        "lines": lines,
        "attempt": queries.latest_attempt(found),
        "refunds": list(queries.refunds_of(found)),
    }


def _address_of(lines: list[Any]) -> str:
    """Return where the first of these things can be bought."""
    line = lines[0]
    return f"/checkout/plan/{line.plan.slug}/" if line.plan else f"/checkout/offering/{line.offering_id}/"


def _onwards(lines: list[Any]) -> tuple[str, str]:
    course = lines[0].plan.courses.live().first() if len(lines) == 1 and lines[0].plan else None
    return (course.url, "Begin") if course else (MY_LEARNING, "My learning")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go to the payment page of a pending order, which is opened anew when it has closed."""
    attempt = actions.pay(order=_own(request, pk), now=clock.now())
    return HttpResponseRedirect(attempt.url) if attempt.url else redirect("order", pk)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = actions.cancel(order=_own(request, pk), by=cast(User, request.user), now=clock.now())
    messages.success(request, f"Order {found.number} is cancelled. Nothing was charged.")
    return redirect("order", pk)


@never_cache
@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """List one's orders, newest first."""
    pages = Paginator(queries.orders_of(cast(User, request.user)), 20)
    return render(request, "checkout/orders.html", {"items": pages.get_page(request.GET.get("page"))})
