"""Access to courses: entitlements say why somebody may attend, an enrolment says that they do."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from academies.journal import actions as journal
from academies.kernel import errors
from academies.notices import actions as notices
from academies.people.models import User
from catalog.courses.models import CoursePage
from commerce.enrolments import queries, rules
from commerce.enrolments.actions import locks, periods
from commerce.enrolments.actions.requirements import requirements_of
from commerce.enrolments.models import Enrolment, Entitlement
from commerce.plans import queries as plans
from commerce.plans.types import Offer

Status = Enrolment.Status


class AlreadyEnrolled(errors.Conflict):
    code = "already_enrolled"
    message = "You are enrolled in this course already. Find it under My learning."


class AlreadyCompleted(errors.Conflict):
    code = "already_completed"
    message = "You have completed this course. What is completed stays on your record."


class NotEnrolled(errors.Forbidden):
    """Carries `access_ends_at` where access has run out."""

    code = "not_enrolled"
    message = "This is for people enrolled in the course. Enrol and come back."

    @classmethod
    def of(cls, person: User, course_key: UUID) -> "NotEnrolled":
        """Return the refusal for a person and a course; it says so when their access has ended."""
        enrolment = queries.enrolment_of(person, course_key)
        ends_at = enrolment.access_ends_at if enrolment and not enrolment.is_open else None
        if ends_at is None:
            return cls()
        message = _(
            "Your access to this course has ended. Extend it on the page of the course, and go on where you were."
        )
        return cls(message, access_ends_at=ends_at.isoformat())


class PaymentRequired(errors.PaymentRequired):
    """Carries `plans`: those that open the course, cheapest first."""

    message = "This course needs a plan. Choose one of those that open it."


@transaction.atomic
def grant(
    *,
    person: User,
    course_key: UUID | None,
    source: str,
    starts_at: datetime,
    ends_at: datetime | None,
    now: datetime,
) -> Entitlement:
    """Give a person one more reason to attend a course, or (None) every course; a course of its own is enrolled in.

    source: what gave it, such as `order_line:<id>`. The same grant twice is one row, and one that was revoked stays
    revoked: a repeated delivery must not undo a refund.
    """
    locks.lock_people([person.pk])
    entitlement, made = Entitlement.objects.get_or_create(
        person=person,
        source=source,
        course_key=course_key,
        defaults={"starts_at": starts_at, "ends_at": ends_at},
    )
    if made:
        journal.record("enrolments.granted", of=entitlement, by=person, at=now, source=source)
        _let_in(entitlement, now)
    return entitlement


@transaction.atomic
def grant_days(*, person: User, course_key: UUID | None, source: str, days: int, now: datetime) -> Entitlement:
    """Give a person access for days, from the end of what they have. The same grant twice is one row."""
    locks.lock_people([person.pk])
    starts_at, ends_at = periods.next_period(person, course_key, days=days, now=now)
    return grant(person=person, course_key=course_key, source=source, starts_at=starts_at, ends_at=ends_at, now=now)


def _let_in(entitlement: Entitlement, now: datetime) -> None:
    """Enrol in the course that a new entitlement names, or reactivate what one for all courses opens again."""
    # One that begins where another ends lets in today by the other.
    live = Entitlement.objects.filter(person=entitlement.person).live(now)
    same = live.filter(course_key=None) if entitlement.course_key is None else live.opening(entitlement.course_key)
    if not same.exists():
        return
    if entitlement.course_key is None:
        for enrolment in Enrolment.objects.filter(
            person=entitlement.person, status__in=[Status.CANCELLED, Status.EXPIRED]
        ):
            _become(enrolment, Status.ACTIVE, now)
        return
    course = queries.course_of_key(entitlement.course_key)
    if course is not None:
        _begin(entitlement.person, course, now)


def _begin(person: User, course: CoursePage, now: datetime) -> Enrolment:
    enrolment, made = Enrolment.objects.get_or_create(
        person=person,
        course_key=course.translation_key,
        defaults={
            "course": course,
            "course_title": course.title,
            "enrolled_at": now,
            # Called only for a new enrolment: who comes back is asked for what they were asked at first.
            "requirement_set": partial(requirements_of, course, now),  # type: ignore[misc]
        },
    )
    if made:
        journal.record("enrolments.enrolled", of=enrolment, by=person, at=now)
    elif enrolment.status in (Status.CANCELLED, Status.EXPIRED):
        _become(enrolment, Status.ACTIVE, now)
    return enrolment


def _become(enrolment: Enrolment, status: str, now: datetime, by: User | None = None) -> Enrolment:
    rules.check(rules.ENROLMENT, enrolment.status, status)
    old, enrolment.status = enrolment.status, Status(status)
    enrolment.ended_at = None if status == Status.ACTIVE else now
    enrolment.save(update_fields=["status", "ended_at"])
    journal.record(f"enrolments.enrolment_{status}", of=enrolment, by=by, at=now, old=old)
    return enrolment


@transaction.atomic
def enrol(*, person: User, course: CoursePage, now: datetime) -> Enrolment:
    """Enrol somebody who holds a live entitlement. Enrolled already: returns what there is. Left or ended: reactivates.

    Raises PaymentRequired.
    """
    locks.lock_people([person.pk])
    if not queries.holds_entitlement(person, course.translation_key, now):
        raise _payment_required(course)
    return _begin(person, course, now)


def _payment_required(course: CoursePage) -> PaymentRequired:
    offers = _offers(course)
    message = None if offers else "This course isn't open for enrolment at the moment."
    return PaymentRequired(message, plans=[offer.as_json() for offer in offers])


def _offers(course: CoursePage) -> list[Offer]:
    return plans.offers_for([course.translation_key])[course.translation_key]


@transaction.atomic
def enrol_free(*, person: User, course: CoursePage, now: datetime) -> Enrolment:
    """Enrol somebody by what they hold, or by a plan that costs nothing.

    Raises AlreadyEnrolled, PaymentRequired (with the plans that open the course).
    """
    locks.lock_people([person.pk])
    key = course.translation_key
    entitled = queries.holds_entitlement(person, key, now)
    if entitled and Enrolment.objects.attending().filter(person=person, course_key=key).exists():
        raise AlreadyEnrolled()
    if not entitled:
        free = next((offer for offer in _offers(course) if offer.is_free), None)
        if free is None:
            raise _payment_required(course)
        _take_free(person, course, free, now)
    return _welcome(_begin(person, course, now), course, now)


def _welcome(enrolment: Enrolment, course: CoursePage, now: datetime) -> Enrolment:
    parts = course.get_url_parts()
    notices.send(
        kind="enrolled",
        key=f"enrolled:{enrolment.pk}",
        person=enrolment.person,
        now=now,
        course=course.title,
        path=parts[2] if parts else "/",
    )
    return enrolment


def _take_free(person: User, course: CoursePage, plan: Offer, now: datetime) -> None:
    ends_at = now + timedelta(days=plan.access_days) if plan.access_days else None
    entitlement, made = Entitlement.objects.update_or_create(
        # What costs nothing may be taken again after it has ended.
        person=person,
        source=f"free:{plan.id}",
        course_key=course.translation_key,
        defaults={"starts_at": now, "ends_at": ends_at, "revoked_at": None},
    )
    journal.record("enrolments.granted", of=entitlement, by=person, at=now, source=entitlement.source, again=not made)


@transaction.atomic
def revoke(*, source: str, now: datetime) -> int:
    """End the entitlements of one source, and nothing else's. Returns how many.

    Who has no other live entitlement to a course is no longer enrolled in it. Progress stays.
    """
    ending = Entitlement.objects.filter(source=source, revoked_at=None)
    people = set(ending.values_list("person_id", flat=True))
    locks.lock_people(people)
    ended = list(ending)
    for entitlement in ended:
        entitlement.revoked_at = now
        entitlement.save(update_fields=["revoked_at"])
        journal.record("enrolments.revoked", of=entitlement, at=now, source=source)
        periods.move_up(entitlement, now)
    for person in sorted(people):
        _end_unentitled(person, now)
    return len(ended)


def _without_access(now: datetime) -> Q:
    live = Entitlement.objects.live(now).opening(OuterRef("course_key")).filter(person=OuterRef("person"))
    return ~Q(Exists(live))


def _end_unentitled(person_id: UUID, now: datetime) -> int:
    """End a person's active enrolments that nothing opens any longer. Call it under the person's lock."""
    over = Enrolment.objects.filter(_without_access(now), person_id=person_id, status=Status.ACTIVE)
    ended = 0
    # Locked row by row: learning completes an enrolment without the person's lock.
    for enrolment in over.order_by("pk").select_for_update(no_key=True):
        held = Entitlement.objects.filter(person_id=person_id).opening(enrolment.course_key)
        ran_out = held.filter(revoked_at=None, ends_at__lte=now).exists()
        _become(enrolment, rules.ending(ran_out=ran_out), now)
        ended += 1
    return ended


def expire_access(*, now: datetime, limit: int = 500) -> int:
    """End enrolments whose access has run out. Returns how many. One transaction a person, so none waits for all."""
    over = Enrolment.objects.filter(_without_access(now), status=Status.ACTIVE)
    people = list(over.order_by("person_id").values_list("person_id", flat=True).distinct()[:limit])
    ended = 0
    for person_id in people:
        with transaction.atomic():
            locks.lock_people([person_id])
            ended += _end_unentitled(person_id, now)
    return ended


@transaction.atomic
def cancel_enrolment(*, enrolment: Enrolment, by: User | None, now: datetime) -> Enrolment:
    """Take a person out of a course. The record, its progress and what was paid for stay: they may enrol again.

    Cancelled or expired already: nothing happens. Raises AlreadyCompleted.
    """
    locks.lock_people([enrolment.person_id])
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    if enrolment.status == Status.COMPLETED:
        raise AlreadyCompleted()
    if enrolment.status == Status.ACTIVE:
        _become(enrolment, Status.CANCELLED, now, by)
    return enrolment


@transaction.atomic
def progressed(*, enrolment: Enrolment, percent: int) -> None:
    """Note how much of a course is done. Never lowers it."""
    Enrolment.objects.filter(pk=enrolment.pk, percent__lt=percent).update(percent=percent)


@transaction.atomic
def complete(*, enrolment: Enrolment, now: datetime) -> bool:
    """Mark an enrolment completed. Returns whether this call did it: of many at once, one."""
    locked = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    if locked.status != Status.ACTIVE:
        return False
    locked.status, locked.percent, locked.completed_at = Status.COMPLETED, 100, now
    locked.save(update_fields=["status", "percent", "completed_at"])
    journal.record("enrolments.enrolment_completed", of=locked, by=locked.person, at=now)
    return True
