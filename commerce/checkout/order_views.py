"""Pages of placed orders: the return page of the provider, one order, and the list of one's own."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academies.kernel import clock
from academies.people.models import User
from commerce.checkout import actions, queries
from commerce.checkout.models import Order
from commerce.checkout.views import MY_LEARNING
from commerce.gateways.types import PaymentState


def _own_order(request: HttpRequest, pk: UUID) -> Order:
    return get_object_or_404(queries.orders_of(cast(User, request.user)).select_related("coupon", "person"), pk=pk)


@never_cache
@login_required
@require_safe
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an order; the provider is asked first about one that is pending."""
    order, _remote = actions.sync_payment(order=_own_order(request, pk), now=clock.now())
    context = _order_context(order)
    if order.status == Order.Status.PENDING:
        instructions = context["attempt"].instructions if context["attempt"] else ""
        pay_url = "" if instructions else reverse("order_pay", args=[order.pk])
        context |= {"pay_url": pay_url, "instructions": instructions, "may_cancel": True}
    return render(request, "checkout/order.html", context)


@never_cache
@login_required
@require_safe
def order_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page that buyers return to from the provider. It proves nothing: the provider is asked."""
    order, remote = actions.sync_payment(order=_own_order(request, pk), now=clock.now())
    state = _state(order, remote)
    context = _order_context(order)
    is_awaited = order.status == Order.Status.PENDING and context["attempt"] and context["attempt"].instructions
    if is_awaited or state == "refunded" or (context["refunds"] and state != "paid"):
        return redirect("order", order.pk)
    is_pending = order.status == Order.Status.PENDING
    again = reverse("order_pay", args=[order.pk]) if is_pending else _product_url(context["lines"])
    next_url, next_label = _next_step(context["lines"])
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


def _state(order: Order, remote: PaymentState | None) -> str:
    """Return paid, processing, failed, cancelled, expired or refunded."""
    status = Order.Status(order.status)
    if status in _STATES:
        return _STATES[status]
    return _PENDING.get(remote, "processing") if remote else "processing"


def _order_context(order: Order) -> dict[str, Any]:
    lines = list(order.lines.select_related("plan", "offering__page", "registration").order_by("pk"))
    for line in lines:
        line.order = order
    return {
        "order": order,
        "lines": lines,
        "attempt": queries.latest_attempt(order),
        "refunds": list(queries.refunds_of(order)),
    }


def _product_url(lines: list[Any]) -> str:
    """Return where the product of the first line can be bought."""
    line = lines[0]
    if line.plan:
        return reverse("checkout_plan", args=[line.plan.slug])
    return reverse("checkout_offering", args=[line.offering_id])


def _next_step(lines: list[Any]) -> tuple[str, str]:
    course = lines[0].plan.courses.live().first() if len(lines) == 1 and lines[0].plan else None
    return (course.url, _("Start learning")) if course else (MY_LEARNING, _("My learning"))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Redirect to where a pending order is paid; a closed session is opened again."""
    attempt = actions.open_session(order=_own_order(request, pk), now=clock.now())
    return HttpResponseRedirect(attempt.url) if attempt.url else redirect("order", pk)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    order = actions.cancel_order(order=_own_order(request, pk), by=cast(User, request.user), now=clock.now())
    message = _("Order %(number)s is cancelled. Nothing was charged.")
    messages.success(request, message % {"number": order.number})
    return redirect("order", pk)


@never_cache
@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """List one's own orders, newest first."""
    pages = Paginator(queries.orders_of(cast(User, request.user)), 20)
    return render(request, "checkout/orders.html", {"items": pages.get_page(request.GET.get("page"))})
