"""Queries of the dashboard. Each part is shown only to those with the permission for its data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from academies.kernel.money import Money
from academies.tenants import queries as tenants
from catalog.events.queries import with_events
from catalog.offerings.models import Offering
from commerce.checkout.models import Order, OrderLine, Refund
from commerce.enrolments.models import Enrolment, Registration

SPAN = timedelta(days=30)
SHOWN = 5
# Refunded orders count as revenue; refunds are counted separately.
_PAID = (Order.Status.PAID, Order.Status.PARTIALLY_REFUNDED, Order.Status.REFUNDED)


@dataclass(frozen=True)
class Sales:
    """Sales of the last 30 days. best: titles and quantities, best-selling first."""

    revenue: Money
    refunds: Money
    orders: int
    enrolments: int
    best: list[tuple[str, int]]
    url: str


@dataclass(frozen=True)
class UpcomingEvent:
    """One upcoming date. seats: None for no limit."""

    title: str
    when: datetime
    registered: int
    seats: int | None
    waiting: int
    url: str


@dataclass(frozen=True)
class Draft:
    """A page with unpublished changes."""

    title: str
    kind: str
    changed_at: datetime | None
    is_live: bool
    url: str


def sales(person: Any, now: datetime) -> Sales | None:
    """Return the sales of the last 30 days, for those who may view orders. Four queries."""
    if not person.has_perm("checkout.view_order"):
        return None
    currency, since = tenants.current().currency, now - SPAN
    paid = Order.objects.filter(status__in=_PAID, paid_at__gte=since, currency=currency)
    totals = paid.aggregate(total=Sum("total_minor"), orders=Count("pk"))
    refunds = Refund.objects.filter(status=Refund.Status.DONE, ended_at__gte=since, currency=currency)
    best = OrderLine.objects.filter(order__in=paid.values("pk")).values("title").annotate(sold=Sum("quantity"))
    return Sales(
        revenue=Money(totals["total"] or 0, currency),
        refunds=Money(refunds.aggregate(total=Sum("amount_minor"))["total"] or 0, currency),
        orders=totals["orders"],
        enrolments=Enrolment.objects.filter(enrolled_at__gte=since).count(),
        best=list(best.order_by("-sold", "title").values_list("title", "sold")[:SHOWN]),
        url=reverse("checkout_order_modeladmin_index"),
    )


def upcoming_events(person: Any, now: datetime) -> list[UpcomingEvent]:
    """Return the next dates with their registrations, for those who may view registrations. Four queries."""
    if not person.has_perm("enrolments.view_registration"):
        return []
    upcoming = Offering.objects.filter(ends_at__gt=now, page__live=True, page__eventpage__isnull=False)
    dates = with_events(list(upcoming.order_by("starts_at", "pk")[:SHOWN]), now)
    status = Registration.Status
    counts = {
        row["offering"]: row
        for row in Registration.objects.filter(offering__in=dates)
        .values("offering")
        .annotate(
            registered=Count("pk", filter=Q(status=status.CONFIRMED)),
            waiting=Count("pk", filter=Q(status=status.WAITLISTED)),
        )
    }
    nobody = {"registered": 0, "waiting": 0}
    url = reverse("enrolments_registration_modeladmin_index")
    return [
        UpcomingEvent(
            title=date.event.title,  # type: ignore[attr-defined]
            when=timezone.localtime(date.starts_at),
            registered=counts.get(date.pk, nobody)["registered"],
            seats=date.seats,
            waiting=counts.get(date.pk, nobody)["waiting"],
            url=url,
        )
        for date in dates
    ]


def drafts(person: Any) -> list[Draft]:
    """Return the latest pages with unpublished changes, for those who may change them. Two queries."""
    unpublished = page_permission_policy.instances_user_has_permission_for(person, "change").filter(
        Q(live=False) | Q(has_unpublished_changes=True), depth__gt=2
    )
    newest = unpublished.order_by(F("latest_revision_created_at").desc(nulls_last=True), "pk")[:SHOWN]
    return [
        Draft(
            title=page.draft_title or page.title,
            kind=page.page_type_display_name,
            changed_at=page.latest_revision_created_at,
            is_live=page.live,
            url=reverse("wagtailadmin_pages:edit", args=(page.pk,)),
        )
        for page in Page.objects.filter(pk__in=[row.pk for row in newest]).order_by("-latest_revision_created_at", "pk")
    ]
