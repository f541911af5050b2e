"""The set-up checklist on the dashboard of a new academy."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.translation import gettext

from catalog.courses.models import CourseIndexPage, CoursePage
from catalog.events.models import EventIndexPage, EventPage
from commerce.checkout import queries as checkout
from commerce.plans.models import Plan
from home.pages.models import Brand


@dataclass(frozen=True)
class Step:
    """One item of the checklist. url: empty for those who may not do it."""

    title: str
    why: str
    done: bool
    url: str = ""


def steps(person: Any) -> list[Step]:
    """Return the checklist in order, for those who may add courses. Eight queries."""
    courses, events = CourseIndexPage.objects.first(), EventIndexPage.objects.first()
    if courses is None or not courses.permissions_for_user(person).can_add_subpage():
        return []
    return [*_brand(person), *_courses(person, courses), *_events(events), *_people(person)]


def _brand(person: Any) -> list[Step]:
    brand = Brand.objects.first()
    address = ""
    if brand and person.has_perm("pages.change_brand"):
        address = reverse("wagtailsettings:edit", args=("pages", "brand", brand.pk))
    why = gettext("Your name, colour and logo appear on every page, certificate and email.")
    return [Step(gettext("Make it look like yours"), why, bool(brand and (brand.logo_id or brand.tagline)), address)]


def _courses(person: Any, courses: CourseIndexPage) -> list[Step]:
    return [
        Step(
            gettext("Publish your first course"),
            gettext("Sections and lessons go below it; a lesson can be a free preview."),
            CoursePage.objects.live().exists(),
            reverse("wagtailadmin_pages:add", args=("courses", "coursepage", courses.pk)),
        ),
        Step(
            gettext("Put a plan on sale"),
            gettext("A plan is a price and the courses it opens. A price of 0 makes a course free."),
            Plan.objects.filter(on_sale=True).exists(),
            reverse("wagtailsnippets_plans_plan:add") if person.has_perm("plans.add_plan") else "",
        ),
        Step(
            gettext("Connect payments"),
            gettext("Until then only free plans work. Your operator enters the keys of your Stripe account."),
            checkout.takes_payments(),
        ),
    ]


def _events(events: EventIndexPage | None) -> list[Step]:
    address = reverse("wagtailadmin_pages:add", args=("events", "eventpage", events.pk)) if events else ""
    why = gettext("With a date, seats and a waiting list.")
    return [Step(gettext("Announce your first event"), why, EventPage.objects.live().exists(), address)]


def _people(person: Any) -> list[Step]:
    done = Group.objects.filter(name__in=["Editor", "Teacher", "Finance", "Front desk"], user__isnull=False).exists()
    address = reverse("people_user_modeladmin_index") if person.has_perm("people.view_user") else ""
    why = gettext("Give someone a role: editors write, Finance refunds, the front desk sees who comes.")
    return [Step(gettext("Share the work"), why, done, address)]
