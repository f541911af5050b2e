"""What certificates add to the pages of the catalogue."""

from django import template

from commerce.certificates import queries
from commerce.certificates.models import Certificate
from commerce.enrolments.models import Enrolment

register = template.Library()


@register.simple_tag
def certificate_for(enrolment: Enrolment) -> Certificate | None:
    """Return the certificate of a completed enrolment, or None: the course may give none, or make it in a moment."""
    return queries.of_enrolments([enrolment]).get(enrolment.pk)
