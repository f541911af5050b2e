"""What certificates add to the pages one learns on."""

from django import template

from commerce.certificates import queries
from commerce.certificates.models import Certificate
from commerce.enrolments.models import Enrolment

register = template.Library()


@register.simple_tag
def certificate_of(enrolment: Enrolment) -> Certificate | None:
    """Return the certificate of an enrolment; None while it is being made. One query."""
    return queries.of_enrolments([enrolment]).get(enrolment.pk)
