"""What makes public answers stale: the list of everything strangers see, whichever room it lives in.

Actions that change seats or prices touch the mark themselves; this catches what editors' forms write.
"""

from contextlib import suppress
from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from academies.tenants import cache_version
from academies.tenants.context import run_in
from academies.tenants.models import Academy, Domain
from catalog.courses.models import Category, CourseInstructor, Instructor
from catalog.events.models import EventSpeaker, Venue
from catalog.library.models import AcademyDocument, AcademyImage
from catalog.offerings.models import Offering
from commerce.enrolments.models import Registration
from commerce.plans.models import Plan
from home.pages.models import Brand

SEEN = (
    AcademyDocument, AcademyImage, Brand, Category, Collection, CollectionViewRestriction, CourseInstructor,
    EventSpeaker, Instructor, Offering, PageViewRestriction, Plan, Redirect, Registration, Site, Venue,
)  # fmt: skip


def saved(instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    if isinstance(instance, SEEN):
        cache_version.bump()
    elif isinstance(instance, Page):
        # Saving a draft names the fields it writes; nobody but editors sees them.
        if update_fields is None:
            cache_version.bump()
    elif isinstance(instance, Academy | Domain):
        _touch_academy(instance if isinstance(instance, Academy) else instance.tenant)


def _touch_academy(academy: Academy) -> None:
    # One that is being deleted has nobody left to be told.
    with suppress(Academy.DoesNotExist):
        if academy.status == Academy.Status.LIVE:
            run_in(academy.schema_name, cache_version.bump)


def changed(**kwargs: Any) -> None:
    cache_version.bump()


def listen() -> None:
    for signal in (post_save, post_delete):
        signal.connect(saved, dispatch_uid=f"staleness-{id(signal)}")
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(changed, dispatch_uid=f"staleness-{id(signal)}")
    m2m_changed.connect(changed, sender=Plan.courses.through, dispatch_uid="staleness-plan-courses")
