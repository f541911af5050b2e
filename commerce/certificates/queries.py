"""Certificates by code, person and enrolment, their status on a day, and the data of their PDF."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.urls import reverse

from academies.people.models import User
from academies.tenants import queries as tenants
from commerce.certificates import rules
from commerce.certificates.models import Certificate
from commerce.certificates.types import CertificateData
from commerce.enrolments.models import Enrolment


def by_code(typed: str) -> Certificate | None:
    """Return the certificate with a code, which may be typed in lower case, with spaces and so on."""
    code = rules.normal_code(typed)
    return Certificate.objects.filter(code=code).first() if code else None


def certificates_of(person: User) -> QuerySet[Certificate]:
    """Return a person's certificates, the newest first."""
    return Certificate.objects.filter(person=person).order_by("-issued_on", "-created_at")


def certificates_by_enrolment(enrolments: list[Enrolment]) -> dict[UUID | None, Certificate]:
    """Return the valid certificates of enrolments by enrolment id, in one query."""
    valid = Certificate.objects.filter(enrolment__in=enrolments, status=Certificate.Status.VALID)
    return {certificate.enrolment_id: certificate for certificate in valid}


def local_date(moment: datetime) -> date:
    """Return the date of a moment in the academy's time zone."""
    return moment.astimezone(ZoneInfo(tenants.current().time_zone)).date()


def effective_status(certificate: Certificate, now: datetime) -> str:
    """Return `valid`, `revoked`, `replaced` or `expired`."""
    return rules.effective_status(status=certificate.status, expires_on=certificate.expires_on, today=local_date(now))


def with_effective_status(rows: QuerySet[Certificate], now: datetime) -> QuerySet[Certificate]:
    """Annotate `effective_status`: the same as `effective_status()`, in SQL."""
    over = When(status=Certificate.Status.VALID, expires_on__lt=local_date(now), then=Value("expired"))
    return rows.annotate(effective_status=Case(over, default=F("status"), output_field=CharField()))


def verify_path(certificate: Certificate) -> str:
    return reverse("verify", args=[certificate.code])


def certificate_data(certificate: Certificate, now: datetime, *, brand_colour: str) -> CertificateData:
    """Return what the PDF of a certificate shows now. Its address for verification has the academy's current host."""
    return CertificateData(
        academy=certificate.academy,
        holder=certificate.holder,
        title=certificate.title,
        issued_on=certificate.issued_on,
        code=certificate.code,
        hours=certificate.hours,
        credits=certificate.credits,
        instructors=tuple(certificate.instructors),
        status=effective_status(certificate, now),
        verify_url=tenants.base_url() + verify_path(certificate),
        brand_colour=brand_colour,
    )
