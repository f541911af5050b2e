"""Issue, revoke and reissue certificates. The only code that writes them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from academies.journal import actions as journal
from academies.kernel import codes, errors, faultpoints
from academies.notifications import actions as notices
from academies.people.models import User
from academies.tenants import queries as tenants
from catalog.courses.models import CoursePage
from commerce.certificates import queries, rules
from commerce.certificates.models import Certificate
from commerce.enrolments import queries as enrolments
from commerce.enrolments.models import Enrolment

Status = Certificate.Status


class NotValid(errors.Conflict):
    code = "not_valid"
    message = gettext_lazy("This certificate is no longer valid.")


class Replaced(errors.Conflict):
    code = "replaced"
    message = gettext_lazy("This certificate was replaced by a newer one. Reissue that one.")


class ReasonMissing(errors.Invalid):
    message = gettext_lazy("Enter a reason. It is stored with the certificate.")


@transaction.atomic
def issue(*, enrolment: Enrolment, now: datetime) -> Certificate | None:
    """Issue the certificate of a completed course, once, and email its holder.

    A second call returns the existing certificate, even if it was revoked. None if the course gives no certificate, was
    deleted, or isn't completed. Locks the enrolment; a unique constraint stands behind the lock.
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
    certificate = _new_certificate(enrolment, course, now)
    faultpoints.reach("certificates.issue")
    _transition(certificate, Status.VALID, now=now, verb="certificates.issued", enrolment=str(enrolment.pk))
    _notify_holder(certificate, enrolment.person, now)
    return certificate


def _new_certificate(enrolment: Enrolment, course: CoursePage, now: datetime) -> Certificate:
    """Return an unsaved certificate with a copy of today's data, dated on the day of completion in the academy's time zone."""
    course_instructors = course.course_instructors.select_related("instructor").order_by("sort_order")
    return Certificate(
        code=codes.random_code(),
        person=enrolment.person,
        enrolment=enrolment,
        holder=_holder_name(enrolment.person),
        title=course.certificate_title or course.title,
        academy=tenants.current().name,
        instructors=[row.instructor.name for row in course_instructors],
        hours=course.certificate_hours,
        credits=course.cpd_credits,
        issued_on=queries.local_date(enrolment.completed_at or now),
        revision_id=course.live_revision_id,
        created_at=now,
    )


def _holder_name(person: User) -> str:
    # Without a name, the local part of the email address.
    return person.full_name.strip() or person.email.partition("@")[0]


def _notify_holder(certificate: Certificate, person: User, now: datetime) -> None:
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
    """Revoke a certificate; its verification page says so. Raises NotValid, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(fields={"reason": [str(ReasonMissing.message)]})
    certificate = Certificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
    if certificate.status != Status.VALID:
        raise NotValid()
    certificate.revoked_at, certificate.revoked_because = now, reason.strip()[:250]
    _transition(certificate, Status.REVOKED, now=now, by=by, verb="certificates.revoked", reason=reason.strip())
    return certificate


@transaction.atomic
def reissue(*, certificate: Certificate, by: User | None, now: datetime) -> Certificate:
    """Replace a certificate by one with a new code and the holder's present name; everything else is copied.

    A revoked certificate may be reissued too, if it was revoked by mistake. The verification page of the old code says
    that it was replaced.  Raises Replaced.
    """
    old = Certificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
    if old.status == Status.REPLACED:
        raise Replaced()
    new = Certificate.objects.get(pk=old.pk)
    new.pk, new._state.adding = codes.uuid7(), True
    new.code, new.created_at = codes.random_code(), now
    new.revoked_at, new.revoked_because, new.replaced_by = None, "", None
    new.holder = _holder_name(old.person) if old.person else old.holder
    faultpoints.reach("certificates.reissue")
    # The old one first, because an enrolment has at most one valid certificate.
    _transition(old, Status.REPLACED, now=now, by=by, verb="certificates.replaced", replaced_by=new.code)
    _transition(new, Status.VALID, now=now, by=by, verb="certificates.reissued", replaces=old.code)
    old.replaced_by = new
    old.save(update_fields=["replaced_by"])
    if old.person:
        _notify_holder(new, old.person, now)
    return new


def _transition(certificate: Certificate, status: str, **details: Any) -> None:
    journal.transition(certificate, status, transitions=rules.CERTIFICATE, **details)
