"""Reactions to events: a completed course gets its certificate."""

from academies.kernel import clock
from academies.outbox import registry
from commerce.certificates import actions, permissions  # noqa: F401
from commerce.enrolments.models import Enrolment
from commerce.learning.facts import CourseCompleted


@registry.listener(CourseCompleted)
def issue(fact: CourseCompleted) -> None:
    enrolment = Enrolment.objects.filter(pk=fact.enrolment_id).first()
    if enrolment is not None:
        actions.issue(enrolment=enrolment, now=clock.now())
