"""Domain events that this app publishes through the outbox."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CourseCompleted:
    """A person has met the completion rule of a course. Published once per enrolment."""

    enrolment_id: str
