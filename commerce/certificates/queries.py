"""Reads about certificates: by code, by holder, and as they are printed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.urls import reverse

from academies.people.models import User
from academies.tenants import queries as tenants
from commerce.certificates import brand, rules
from commerce.certificates.models import Certificate
from commerce.certificates.pdf import CertificateFace
from commerce.enrolments.models import Enrolment


def by_code(typed: str) -> Certificate | None:
    """Find a certificate by its code, however it was typed."""
    code = rules.normal_code(typed)
    return Certificate.objects.filter(code=code).first() if code else None


def of_person(person: User) -> QuerySet[Certificate]:
    """Return a person's certificates, the newest first."""
    return Certificate.objects.filter(person=person).order_by("-issued_on", "-created_at")


def own(person: User, certificate_id: UUID) -> Certificate | None:
    return of_person(person).filter(pk=certificate_id).first()


def of_enrolments(enrolments: list[Enrolment]) -> dict[UUID | None, Certificate]:
    """Return the valid certificates of enrolments by enrolment id, in one query."""
    valid = Certificate.objects.filter(enrolment__in=enrolments, status=Certificate.Status.VALID)
    return {certificate.enrolment_id: certificate for certificate in valid}


def day(moment: datetime) -> date:
    """Return the day it is in the academy's time zone."""
    return moment.astimezone(ZoneInfo(tenants.current().time_zone)).date()


def standing(certificate: Certificate, now: datetime) -> str:
    """Return `valid`, `revoked`, `replaced` or `expired`."""
    return rules.standing(status=certificate.status, expires_on=certificate.expires_on, today=day(now))


def with_standing(rows: QuerySet[Certificate], now: datetime) -> QuerySet[Certificate]:
    """Annotate `standing`: the same, for a list to filter by."""
    over = When(status=Certificate.Status.VALID, expires_on__lt=day(now), then=Value("expired"))
    return rows.annotate(standing=Case(over, default=F("status"), output_field=CharField()))


def verify_path(certificate: Certificate) -> str:
    return reverse("verify", args=[certificate.code])


def face(certificate: Certificate, now: datetime) -> CertificateFace:
    """Return what its sheet shows at a moment. The address to verify it carries the academy's present host."""
    shown: dict[str, Any] = {
        name: getattr(certificate, name)
        for name in ("academy", "holder", "title", "issued_on", "code", "hours", "credits")
    }
    return CertificateFace(
        **shown,
        status=standing(certificate, now),
        instructors=tuple(certificate.instructors),
        verify_url=tenants.base_url() + verify_path(certificate),
        brand_colour=brand.colour(),
    )
