"""The only writer of certificates: issue, revoke, reissue."""

from datetime import datetime

from django.db import transaction

from academies.journal import actions as journal
from academies.kernel import codes, errors
from academies.notifications import actions as notices
from academies.people.models import User
from academies.tenants import queries as tenants
from catalog.courses.models import CoursePage
from commerce.certificates import queries
from commerce.certificates.models import Certificate
from commerce.enrolments import queries as enrolments
from commerce.enrolments.models import Enrolment

Status = Certificate.Status


class NotValid(errors.Conflict):
    code = "not_valid"
    message = "This certificate is no longer valid, so this can't be done to it."


class Replaced(errors.Conflict):
    code = "replaced"
    message = "This certificate was replaced by a newer one. Reissue that one."


class ReasonMissing(errors.Invalid):
    message = "Say why: the reason is kept with the certificate."


@transaction.atomic
def issue(*, enrolment: Enrolment, now: datetime) -> Certificate | None:
    """Issue the certificate of a completed course, once, and write to its holder.

    A second call returns the first certificate, also when it was revoked meanwhile. None: the course gives none, is
    gone, or isn't completed. Locks the enrolment; behind the lock stands a unique constraint.
    """
    enrolment = (
        Enrolment.objects.select_for_update(no_key=True, of=("self",)).select_related("person").get(pk=enrolment.pk)
    )
    issued = Certificate.objects.filter(enrolment=enrolment).order_by("-created_at").first()
    if issued is not None:
        return issued
    course = enrolment.course or enrolments.course_by_key(enrolment.course_key)
    if course is None or not course.gives_certificate or enrolment.completed_at is None:
        return None
    certificate = _snapshot(enrolment, course, now)
    certificate.save(force_insert=True)
    journal.record("certificates.issued", of=certificate, at=now, enrolment=str(enrolment.pk))
    _tell(certificate, enrolment.person, now)
    return certificate


def _snapshot(enrolment: Enrolment, course: CoursePage, now: datetime) -> Certificate:
    """Copy what is true today. The day is the one on which the course was completed, where the academy is."""
    taught = course.course_instructors.select_related("instructor").order_by("sort_order")
    return Certificate(
        code=codes.random_code(),
        person=enrolment.person,
        enrolment=enrolment,
        holder=_name(enrolment.person),
        title=course.certificate_title or course.title,
        academy=tenants.current().name,
        instructors=[one.instructor.name for one in taught],
        hours=course.certificate_hours,
        credits=course.cpd_credits,
        issued_on=queries.day(enrolment.completed_at or now),
        revision_id=course.live_revision_id,
        created_at=now,
    )


def _name(person: User) -> str:
    # Who gave no name is known by the part of the address that is theirs.
    return person.full_name.strip() or person.email.partition("@")[0]


def _tell(certificate: Certificate, person: User, now: datetime) -> None:
    notices.send(
        kind="certificate_issued",
        key=f"certificate_issued:{certificate.pk}",
        person=person,
        now=now,
        course=certificate.title,
        path=queries.verify_path(certificate),
    )


@transaction.atomic
def revoke(*, certificate: Certificate, by: User | None, reason: str, now: datetime) -> Certificate:
    """Declare a certificate worthless; whoever verifies it is told. Raises NotValid, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(fields={"reason": [ReasonMissing.message]})
    certificate = Certificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
    if certificate.status != Status.VALID:
        raise NotValid()
    certificate.status, certificate.revoked_at, certificate.revoked_because = Status.REVOKED, now, reason.strip()[:250]
    certificate.save(update_fields=["status", "revoked_at", "revoked_because"])
    journal.record("certificates.revoked", of=certificate, by=by, at=now, reason=reason.strip())
    return certificate


@transaction.atomic
def reissue(*, certificate: Certificate, by: User | None, now: datetime) -> Certificate:
    """Replace a certificate by one with a new code and its holder's present name; all else is as it was on the day.

    Also a revoked one: that was a mistake, then. Whoever verifies the old code is told that it was replaced.
    Raises Replaced.
    """
    old = Certificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
    if old.status == Status.REPLACED:
        raise Replaced()
    new = Certificate.objects.get(pk=old.pk)
    new.pk, new._state.adding = codes.uuid7(), True
    new.code, new.status, new.created_at = codes.random_code(), Status.VALID, now
    new.revoked_at, new.revoked_because, new.replaced_by = None, "", None
    new.holder = _name(old.person) if old.person else old.holder
    # The old one first: one enrolment has at most one valid certificate.
    old.status = Status.REPLACED
    old.save(update_fields=["status"])
    new.save(force_insert=True)
    old.replaced_by = new
    old.save(update_fields=["replaced_by"])
    journal.record("certificates.reissued", of=new, by=by, at=now, replaces=old.code)
    journal.record("certificates.replaced", of=old, by=by, at=now, replaced_by=new.code)
    if old.person:
        _tell(new, old.person, now)
    return new
