"""The admin menu "Sales": plans and coupons. Other apps add to it through its hook."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from academies.kernel import policies
from academies.tenants.money_format import format_money
from catalog.courses import queries as courses
from catalog.courses.models import CoursePage
from commerce.plans import queries, rules
from commerce.plans.models import Coupon, Plan


class SaleColumn(Column):
    """Whether visitors can buy a plan today, and where they can't, why. Reads `opens_something`; one query a list."""

    def get_cell_context_data(self, instance: Plan, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["value"] = _why_not(instance, parent_context["request"]) or gettext("Yes")
        return context


def _why_not(plan: Plan, request: HttpRequest) -> str:
    if not plan.on_sale:
        return gettext("No: it is not on sale")
    if not rules.sold_online(plan.interval):
        return gettext("No: plans paid every month or year can't be bought yet")
    if not plan.opens_something:  # type: ignore[attr-defined]
        return gettext("No: visitors see no course that it opens")
    if plan.price_minor and not _takes_payments(request):
        return gettext("No: payments are not connected yet")
    return ""


def _takes_payments(request: HttpRequest) -> bool:
    known: bool | None = getattr(request, "_takes_payments", None)
    if known is None:
        known = request._takes_payments = policies.may("checkout.take_payments", request.user)  # type: ignore[attr-defined]
    return known


class PlanViewSet(SnippetViewSet):
    model = Plan
    icon = "tag"
    menu_label = _("Plans")
    list_display = [
        "title",
        "slug",
        Column(
            "price",
            label=_("Price"),
            accessor=lambda plan: format_money(plan.price) if plan.price_minor else gettext("Free"),
        ),
        Column("interval", label=_("Paid"), accessor=lambda plan: plan.get_interval_display()),
        SaleColumn("can_be_bought", label=_("Can be bought"), accessor=lambda plan: plan.on_sale),
    ]
    list_filter = ["interval", "on_sale"]
    search_fields = ["title", "slug"]
    search_backend_name = None
    ordering = ["title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        opening = queries.that_open(Plan.objects.filter(pk=OuterRef("pk")), courses.public_courses())
        return Plan.objects.annotate(opens_something=Exists(opening))


class CouponViewSet(SnippetViewSet):
    model = Coupon
    icon = "pick"
    menu_label = _("Coupons")
    list_display = [
        "code",
        "percent",
        Column("amount", label=_("Amount"), accessor=lambda coupon: coupon.amount or ""),
        "max_uses",
        "valid_until",
    ]
    search_fields = ["code"]
    search_backend_name = None
    ordering = ["code"]


class SalesGroup(SnippetViewSetGroup):
    menu_label = _("Sales")
    menu_icon = "table"
    menu_order = 140
    items = (PlanViewSet, CouponViewSet)
    submenu_hook = "register_sales_menu_item"


register_snippet(SalesGroup)


@hooks.register("after_publish_page")
def say_what_a_course_still_needs(request: HttpRequest, page: Page) -> None:
    """Tell whoever publishes a course why nobody can enrol in it, or learn all of it, yet."""
    if not issubclass(page.specific_class, CoursePage):
        return
    course = page.specific
    no_way_in = _no_way_in(course, request)
    missing = [*no_way_in, *_unwritten(course)]
    if missing:
        lead = (
            gettext("Visitors see this course, but nobody can enrol yet: %(missing)s.")
            if no_way_in
            else gettext("Visitors see this course, but not all of it: %(missing)s.")
        )
        messages.warning(request, lead % {"missing": "; ".join(missing)})


def _no_way_in(course: CoursePage, request: HttpRequest) -> list[str]:
    offers = queries.offers_for([course.translation_key])[course.translation_key]
    buyable = [offer for offer in offers if offer.buyable]
    if not buyable:
        return [gettext("no plan that can be bought opens it")]
    if not any(offer.is_free for offer in buyable) and not _takes_payments(request):
        return [gettext("payments are not connected yet")]
    return []


def _unwritten(course: CoursePage) -> list[str]:
    parts = courses.parts_of(course)
    if not parts.lessons:
        return [gettext("it has no lessons")]
    if parts.draft_sections or parts.draft_lessons:
        message = gettext("drafts of it are not published (sections: %(sections)s, lessons: %(lessons)s)")
        return [message % {"sections": parts.draft_sections, "lessons": parts.draft_lessons}]
    return []
