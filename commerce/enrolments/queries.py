"""Reads about access and seats."""

from typing import Any

from academies.kernel import clock
from commerce.enrolments.models import Entitlement


def is_entitled(person: Any, course_key: object) -> bool:
    """Answer whether a person holds a live entitlement to a course, in one query."""
    if not person or not person.is_authenticated:
        return False
    return Entitlement.objects.filter(person=person).live(clock.now()).opening(course_key).exists()
