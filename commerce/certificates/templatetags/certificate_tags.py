"""The certificate of a completed course, for pages."""

from django import template

from commerce.certificates import queries
from commerce.certificates.models import Certificate
from commerce.enrolments.models import Enrolment

register = template.Library()


@register.simple_tag
def certificate_of(enrolment: Enrolment) -> Certificate | None:
    """Return the valid certificate of an enrolment; None if the course gives none, or it isn't issued yet. One query."""
    return queries.certificates_by_enrolment([enrolment]).get(enrolment.pk)
