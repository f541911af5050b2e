"""The review page of checkout: what a plan or a seat costs a person, and the button that buys it."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from academies.kernel import clock
from academies.kernel.codes import uuid7
from academies.kernel.errors import Refusal
from academies.kernel.money import Money
from academies.people.models import User
from catalog.offerings.models import Offering
from commerce.checkout import actions, queries, refusals
from commerce.checkout.access import access_offered
from commerce.checkout.forms import ReviewForm
from commerce.checkout.models import Order
from commerce.checkout.types import CheckoutRequest, Item, Quote
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as seats
from commerce.plans.models import Plan
from commerce.plans.rules import sold_online

MY_LEARNING = "/my/"
# The page is shown again with these refusals, so that they can be corrected.
_CORRECTABLE = (refusals.PriceChanged, refusals.BadCoupon, refusals.CouponUsedUp)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a plan costs this person, and buy it."""
    plan = get_object_or_404(Plan, slug=slug)
    course = seats.courses_for(request.user).filter(plans=plan).first() if not plan.all_courses else None
    context = {"plan": plan, "back": course.url if course else ""}
    if not sold_online(plan.interval) and request.method != "POST":
        return _not_open(request, plan, context)
    try:
        return _review(
            request, Item(plan=slug), plan.title, access_offered(cast(User, request.user), plan, clock.now()), **context,
            refund_policy=course.specific.refund_policy if course else "",
        )  # fmt: skip
    except refusals.AlreadyBought as refusal:
        return _redirect_to_access(request, course, refusal)


def _not_open(request: HttpRequest, plan: Plan, context: dict[str, Any]) -> HttpResponse:
    """Explain that this can't be bought yet, without a button that would be refused."""
    context = {
        **context, "lines": [_line(plan.title, plan.description, plan.price)], "total": plan.price, "not_open": True,
        "is_subscription": True, "interval_label": plan.get_interval_display().lower(),
    }  # fmt: skip
    return render(request, "checkout/review.html", context)


def _redirect_to_access(request: HttpRequest, course: Any, refusal: Refusal) -> HttpResponse:
    """Redirect to the course if the person has not started it, else to My learning."""
    enrolment = seats.enrolment_of(request.user, course.translation_key) if course else None
    if course is None or (enrolment and enrolment.is_attending):
        messages.info(request, refusal.message)
        return redirect(MY_LEARNING)
    messages.info(request, _("You already have access to this course. Start whenever you like."))
    return redirect(course.url)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review_offering(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a seat costs this person, and buy it; if all are taken, offer the waiting list."""
    offering = get_object_or_404(seats.offerings_for(request.user), pk=pk)
    page = offering.page.specific
    detail = date_format(offering.starts_at.astimezone(ZoneInfo(seats.time_zone_of(page))), "l j F Y, H:i T")
    context = {
        "offering": offering, "event": page, "back": page.url, "refund_policy": seats.refund_terms_text(offering),
    }  # fmt: skip
    person = cast(User, request.user)
    is_question = request.method != "POST" or "join" in request.POST
    refusal = _seat_refusal(person, offering) if is_question else None
    if refusal:
        messages.info(request, refusal.message)
        return redirect(MY_LEARNING if isinstance(refusal, enrolments.AlreadyRegistered) else page.url)
    if _is_full_for(person, offering):
        return _join(request, offering, {**context, "lines": [_line(page.title, detail, offering.price)]})
    return _review(request, Item(offering=pk), page.title, detail, **context)


def _seat_refusal(person: User, offering: Offering) -> Refusal | None:
    """Return why this person can't register; None if they can, or can join the waiting list."""
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


def _join(request: HttpRequest, offering: Offering, context: dict[str, Any]) -> HttpResponse:
    if request.method == "POST" and "join" in request.POST:
        enrolments.join_waiting_list(person=cast(User, request.user), offering=offering, now=clock.now())
        messages.success(request, _("You are on the waiting list. We will email you when a seat is free."))
        return redirect(context["back"] or MY_LEARNING)
    context = {**context, "total": offering.price, "joins_waiting_list": True, "hidden": {"join": 1}}
    if request.method == "POST":
        # They agreed to pay for a seat, and it was taken meanwhile.
        context["error"] = _("The last seat has just been taken. You have not been charged.")
    return render(request, "checkout/review.html", context, status=409 if "error" in context else 200)


def _review(request: HttpRequest, item: Item, title: str, detail: str, **context: Any) -> HttpResponse:
    person, now = cast(User, request.user), clock.now()
    form = ReviewForm(request.POST) if request.method == "POST" else None
    errors: dict[str, Any] = {}
    if form and form.is_valid() and "apply" not in request.POST:
        try:
            return _buy(request, person, item, form.cleaned_data, now)
        except _CORRECTABLE as refusal:
            errors = _errors(refusal)
    coupon = (form["coupon"].value() or "" if form else request.GET.get("coupon", ""))[:40]
    try:
        price = actions.quote(person=person, items=[item], coupon=coupon, now=now)
    except (refusals.BadCoupon, refusals.CouponUsedUp) as refusal:
        errors = _errors(refusal)
        price = actions.quote(person=person, items=[item], now=now)
    context = {**context, **errors, **_amounts(price, title, detail), "coupon": coupon}
    context["hidden"] = {"order_id": uuid7(), "expected_minor": price.total_minor}
    context["pays_by_hand"] = bool(price.total_minor) and queries.current_provider() in queries.providers_by_hand()
    return render(request, "checkout/review.html", context, status=409 if errors else 200)


def _buy(request: HttpRequest, person: User, item: Item, data: dict[str, Any], now: datetime) -> HttpResponse:
    checkout_request = CheckoutRequest(
        [item], data["coupon"], order_id=data["order_id"], expected_total_minor=data["expected_minor"]
    )
    try:
        order, attempt = actions.place_order(person=person, checkout_request=checkout_request, now=now)
    except refusals.ProviderUnavailable as refusal:
        stored = queries.orders_of(person).filter(pk=data["order_id"]).first()
        if stored is None:
            # An older order of theirs couldn't be closed, so this one was never stored.
            raise
        messages.error(request, refusal.message)
        return redirect("order", stored.pk)
    if attempt and attempt.url and order.status == Order.Status.PENDING:
        return HttpResponseRedirect(attempt.url)
    return redirect("order_done", order.pk)


def _errors(refusal: Refusal) -> dict[str, Any]:
    if "coupon" in refusal.fields:
        return {"coupon_error": refusal.fields["coupon"][0]}
    return {"error": refusal.message}


def _line(title: str, detail: str, total: Money) -> dict[str, Any]:
    return {"title": title, "detail": detail, "total": total}


def _amounts(price: Quote, title: str, detail: str) -> dict[str, Any]:
    subtotal = Money(price.subtotal_minor, price.currency)
    return {
        "lines": [_line(title, detail, subtotal)],
        "subtotal": subtotal,
        "discount": Money(price.discount_minor, price.currency),
        "total": Money(price.total_minor, price.currency),
        "takes_coupon": bool(price.subtotal_minor),
    }
