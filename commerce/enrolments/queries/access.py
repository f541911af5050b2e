"""Entitlements and enrolments of a person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from academies.kernel import clock
from catalog.courses.models import CoursePage
from catalog.library.visibility import visible_to
from commerce.enrolments.models import Enrolment, Entitlement


def holds_entitlement(person: Any, course_key: UUID, now: datetime) -> bool:
    return Entitlement.objects.filter(person=person).live(now).opening(course_key).exists()


def access_end(person: Any, course_key: UUID | None, now: datetime) -> datetime | None:
    """Return when a person's present access ends; None if they have none, or if it never ends. One query.

    course_key: None for entitlements to every course.
    """
    lasting = Entitlement.objects.filter(person=person).lasting(now)
    lasting = lasting.filter(course_key=None) if course_key is None else lasting.opening(course_key)
    ends = list(lasting.values_list("ends_at", flat=True))
    return None if None in ends else max((end for end in ends if end), default=None)


def is_entitled(person: Any, course_key: UUID) -> bool:
    """Return whether a person holds a live entitlement to a course, in one query."""
    if not person or not person.is_authenticated:
        return False
    return holds_entitlement(person, course_key, clock.now())


def accessible_course_keys(person: Any, course_keys: Iterable[UUID]) -> set[UUID]:
    """Return those of these courses that a person may attend, enrolled or not, in one query."""
    keys = set(course_keys)
    live = Entitlement.objects.filter(person=person).live(clock.now()).values_list("course_key", flat=True)
    entitled = set(live.filter(Q(course_key__in=keys) | Q(course_key=None)))
    return keys if None in entitled else keys & entitled


def enrolment_of(person: Any, course_key: UUID) -> Enrolment | None:
    """Return a person's enrolment in a course, whatever its status."""
    if not person or not person.is_authenticated:
        return None
    return Enrolment.objects.with_access(clock.now()).filter(person=person, course_key=course_key).first()


def courses_for(person: Any) -> QuerySet[CoursePage]:
    """Return the courses that a person may see, and so enrol in."""
    return visible_to(CoursePage.objects.all(), person)


def course_by_key(course_key: UUID) -> CoursePage | None:
    """Return the course with a translation key; of several languages, the one that was created first."""
    return CoursePage.objects.filter(translation_key=course_key).order_by("pk").first()


def enrolments_of(person: Any) -> QuerySet[Enrolment]:
    """Return a person's enrolments, the newest first, with their courses."""
    enrolments = Enrolment.objects.filter(person=person).with_access(clock.now())
    return enrolments.select_related("course").order_by("-enrolled_at", "-id")
