"""Access to courses: an entitlement is the reason why a person may attend, an enrolment the record that they do."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academies.journal import actions as journal
from academies.kernel import errors, faultpoints
from academies.notifications import actions as notices
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
    message = gettext_lazy("You are already enrolled in this course. You find it under My learning.")


class AlreadyCompleted(errors.Conflict):
    code = "already_completed"
    message = gettext_lazy("You have completed this course, so the enrolment can't be cancelled.")


class NotEnrolled(errors.Forbidden):
    """Carries `access_ends_at` if access has run out."""

    code = "not_enrolled"
    message = gettext_lazy("You need to be enrolled in this course. Enrol and try again.")

    @classmethod
    def of(cls, person: User, course_key: UUID) -> "NotEnrolled":
        """Return the refusal for a person and a course, with a message of its own if their access has ended."""
        enrolment = queries.enrolment_of(person, course_key)
        ends_at = enrolment.access_ends_at if enrolment and not enrolment.is_open else None
        if ends_at is None:
            return cls()
        message = _("Your access to this course has ended. Extend it on the course page to continue where you stopped.")
        return cls(message, access_ends_at=ends_at.isoformat())


class PaymentRequired(errors.PaymentRequired):
    """Carries `plans`: those that include the course, the cheapest first."""

    message = gettext_lazy("You need a plan that includes this course.")


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
    """Entitle a person to a course, and enrol them in it; course_key None entitles them to every course.

    source: what grants it, such as `order_line:<id>`. The same grant twice is one row, and one that was revoked stays
    revoked: a repeated delivery must not undo a refund.
    """
    locks.lock_people([person.pk])
    entitlement, created = Entitlement.objects.get_or_create(
        person=person,
        source=source,
        course_key=course_key,
        defaults={"starts_at": starts_at, "ends_at": ends_at},
    )
    if created:
        journal.record("enrolments.granted", of=entitlement, by=person, at=now, source=source)
        _open_courses(entitlement, now)
    return entitlement


@transaction.atomic
def grant_days(*, person: User, course_key: UUID | None, source: str, days: int, now: datetime) -> Entitlement:
    """Entitle a person for a number of days, from the end of their present access. The same grant twice is one row."""
    locks.lock_people([person.pk])
    starts_at, ends_at = periods.next_period(person, course_key, days=days, now=now)
    return grant(person=person, course_key=course_key, source=source, starts_at=starts_at, ends_at=ends_at, now=now)


def _open_courses(entitlement: Entitlement, now: datetime) -> None:
    """Enrol in the course of a new entitlement; one for every course reactivates the enrolments there are."""
    # An entitlement that starts in the future counts too, if another one gives access until then.
    live = Entitlement.objects.filter(person=entitlement.person).live(now)
    live = live.filter(course_key=None) if entitlement.course_key is None else live.opening(entitlement.course_key)
    if not live.exists():
        return
    if entitlement.course_key is None:
        ended = Enrolment.objects.filter(person=entitlement.person, status__in=[Status.CANCELLED, Status.EXPIRED])
        for enrolment in ended.select_for_update(no_key=True):
            _set_status(enrolment, Status.ACTIVE, now)
        return
    course = queries.course_by_key(entitlement.course_key)
    if course is not None:
        _start_enrolment(entitlement.person, course, now)


def _start_enrolment(person: User, course: CoursePage, now: datetime) -> Enrolment:
    """Enrol a person, or reactivate their enrolment. Call it under the person's lock."""
    enrolment = Enrolment.objects.filter(person=person, course_key=course.translation_key).first()
    if enrolment is None:
        enrolment = Enrolment(
            person=person,
            course_key=course.translation_key,
            course=course,
            course_title=course.title,
            enrolled_at=now,
            requirement_set=requirements_of(course, now),
        )
        journal.transition(
            enrolment, Status.ACTIVE, transitions=rules.ENROLMENT, now=now, by=person, verb="enrolments.enrolled"
        )
    elif enrolment.status in (Status.CANCELLED, Status.EXPIRED):
        # Locked, because learning stores progress without the person's lock.
        enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
        _set_status(enrolment, Status.ACTIVE, now)
    faultpoints.reach("enrolments.enrolment_started")
    return enrolment


def _set_status(enrolment: Enrolment, status: str, now: datetime, by: User | None = None) -> Enrolment:
    faultpoints.reach("enrolments.set_status")
    enrolment.ended_at = None if status == Status.ACTIVE else now
    journal.transition(enrolment, status, transitions=rules.ENROLMENT, now=now, by=by)
    return enrolment


@transaction.atomic
def enrol(*, person: User, course: CoursePage, now: datetime) -> Enrolment:
    """Enrol a person who holds a live entitlement; a cancelled or expired enrolment is reactivated.

    Already enrolled: returns the enrolment.  Raises PaymentRequired.
    """
    locks.lock_people([person.pk])
    if not queries.holds_entitlement(person, course.translation_key, now):
        raise _payment_required(course)
    return _start_enrolment(person, course, now)


def _payment_required(course: CoursePage) -> PaymentRequired:
    offers = _offers(course)
    message = None if offers else _("This course isn't open for enrolment at the moment.")
    return PaymentRequired(message, plans=[offer.card for offer in offers])


def _offers(course: CoursePage) -> list[Offer]:
    return plans.offers_for([course.translation_key])[course.translation_key]


@transaction.atomic
def enrol_free(*, person: User, course: CoursePage, now: datetime) -> Enrolment:
    """Enrol a person by an entitlement they hold, or by a free plan.

    Raises AlreadyEnrolled, PaymentRequired (with the plans that include the course).
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
        _grant_free_plan(person, course, free, now)
    return _send_welcome(_start_enrolment(person, course, now), course, now)


def _send_welcome(enrolment: Enrolment, course: CoursePage, now: datetime) -> Enrolment:
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


def _grant_free_plan(person: User, course: CoursePage, plan: Offer, now: datetime) -> None:
    ends_at = now + timedelta(days=plan.access_days) if plan.access_days else None
    entitlement, created = Entitlement.objects.update_or_create(
        # A free plan may be taken again after it has ended.
        person=person,
        source=f"free:{plan.id}",
        course_key=course.translation_key,
        defaults={"starts_at": now, "ends_at": ends_at, "revoked_at": None},
    )
    journal.record(
        "enrolments.granted", of=entitlement, by=person, at=now, source=entitlement.source, again=not created
    )


@transaction.atomic
def revoke(*, source: str, now: datetime) -> int:
    """Revoke the entitlements of one source. Returns how many.

    Enrolments end in courses for which no other live entitlement is left. Progress stays.
    """
    granted = Entitlement.objects.filter(source=source, revoked_at=None)
    people = set(granted.values_list("person_id", flat=True))
    locks.lock_people(people)
    revoked = list(granted)
    for entitlement in revoked:
        entitlement.revoked_at = now
        entitlement.save(update_fields=["revoked_at"])
        journal.record("enrolments.revoked", of=entitlement, at=now, source=source)
        periods.close_gap(entitlement, now)
    for person in sorted(people):
        _end_unentitled(person, now)
    return len(revoked)


def _without_access(now: datetime) -> Q:
    live = Entitlement.objects.live(now).opening(OuterRef("course_key")).filter(person=OuterRef("person"))
    return ~Q(Exists(live))


def _end_unentitled(person_id: UUID, now: datetime) -> int:
    """End a person's active enrolments without a live entitlement. Call it under the person's lock."""
    enrolments = Enrolment.objects.filter(_without_access(now), person_id=person_id, status=Status.ACTIVE)
    count = 0
    # Locked row by row: learning completes an enrolment without the person's lock.
    for enrolment in enrolments.order_by("pk").select_for_update(no_key=True):
        entitlements = Entitlement.objects.filter(person_id=person_id).opening(enrolment.course_key)
        ran_out = entitlements.filter(revoked_at=None, ends_at__lte=now).exists()
        _set_status(enrolment, rules.end_status(ran_out=ran_out), now)
        count += 1
    return count


def expire_access(*, now: datetime, limit: int = 500) -> int:
    """End enrolments whose access has run out. Returns how many. One transaction per person."""
    enrolments = Enrolment.objects.filter(_without_access(now), status=Status.ACTIVE)
    people = list(enrolments.order_by("person_id").values_list("person_id", flat=True).distinct()[:limit])
    count = 0
    for person_id in people:
        with transaction.atomic():
            locks.lock_people([person_id])
            count += _end_unentitled(person_id, now)
    return count


@transaction.atomic
def cancel_enrolment(*, enrolment: Enrolment, by: User | None, now: datetime) -> Enrolment:
    """Cancel an enrolment. The record, its progress and the entitlements stay: the person may enrol again.

    Cancelled or expired already: nothing happens.  Raises AlreadyCompleted.
    """
    locks.lock_people([enrolment.person_id])
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    if enrolment.status == Status.COMPLETED:
        raise AlreadyCompleted()
    if enrolment.status == Status.ACTIVE:
        _set_status(enrolment, Status.CANCELLED, now, by)
    return enrolment


@transaction.atomic
def raise_percent(*, enrolment: Enrolment, percent: int) -> None:
    """Store how much of a course is done. Never lowers it."""
    Enrolment.objects.filter(pk=enrolment.pk, percent__lt=percent).update(percent=percent)


@transaction.atomic
def complete(*, enrolment: Enrolment, now: datetime) -> bool:
    """Mark an enrolment as completed. Returns whether this call did: of concurrent calls, one does."""
    locked = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    if locked.status != Status.ACTIVE:
        return False
    locked.percent, locked.completed_at = 100, now
    journal.transition(locked, Status.COMPLETED, transitions=rules.ENROLMENT, now=now, by=locked.person)
    return True
