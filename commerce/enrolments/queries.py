"""Reads about access and seats."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from academies.kernel import clock
from catalog.courses.models import CoursePage
from catalog.offerings.models import Offering
from commerce.enrolments import rules
from commerce.enrolments.models import Enrolment, Entitlement, Registration


def holds_entitlement(person: Any, course_key: UUID, now: datetime) -> bool:
    return Entitlement.objects.filter(person=person).live(now).opening(course_key).exists()


def is_entitled(person: Any, course_key: UUID) -> bool:
    """Answer whether a person holds a live entitlement to a course, in one query."""
    if not person or not person.is_authenticated:
        return False
    return holds_entitlement(person, course_key, clock.now())


def enrolment_of(person: Any, course_key: UUID) -> Enrolment | None:
    """Return a person's enrolment in a course, whatever its status."""
    if not person or not person.is_authenticated:
        return None
    return Enrolment.objects.filter(person=person, course_key=course_key).first()


def course_of_key(course_key: UUID) -> CoursePage | None:
    """Return the course of a translation key: the oldest of its languages."""
    return CoursePage.objects.filter(translation_key=course_key).order_by("pk").first()


def seats_left(offerings: Iterable[Offering]) -> dict[UUID, int | None]:
    """Return how many newcomers find a seat at each offering, by its id; None is no limit. One query for all of them.

    Free seats that the waiting list is about to get are not left.
    """
    offered = list(offerings)
    holding, waiting = Registration.holding(clock.now()), Q(status=Registration.Status.WAITLISTED)
    counted = (
        Registration.objects.filter(offering__in=[one.pk for one in offered if one.seats is not None])
        .values("offering")
        .annotate(taken=Count("pk", filter=holding), line=Count("pk", filter=waiting))
    )
    found = {row["offering"]: row for row in counted}
    none: dict[str, int] = {"taken": 0, "line": 0}
    return {
        one.pk: rules.seats_left(
            seats=one.seats, taken=found.get(one.pk, none)["taken"], line=found.get(one.pk, none)["line"]
        )
        for one in offered
    }


def registration_of(person: Any, offering: Offering) -> Registration | None:
    """Return a person's live registration at an offering."""
    if not person or not person.is_authenticated:
        return None
    return Registration.objects.filter(person=person, offering=offering, status__in=Registration.LIVE).first()


def with_place_in_line(registrations: QuerySet[Registration]) -> QuerySet[Registration]:
    """Annotate `people_before`: how many wait longer for the same offering."""
    before = (
        Registration.objects.filter(offering=OuterRef("offering"), status=Registration.Status.WAITLISTED)
        .filter(
            Q(waiting_since__lt=OuterRef("waiting_since"))
            | Q(waiting_since=OuterRef("waiting_since"), id__lt=OuterRef("id"))
        )
        .order_by()
        .values("offering")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return registrations.annotate(people_before=Coalesce(Subquery(before, output_field=IntegerField()), 0))
