"""Access for so many days: more of it begins where the present one ends, and moves up when that is taken back."""

from datetime import datetime, timedelta
from uuid import UUID

from academies.journal import actions as journal
from academies.people.models import User
from commerce.enrolments import queries, rules
from commerce.enrolments.models import Entitlement


def next_period(person: User, course_key: UUID | None, *, days: int, now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when more days give access. Call it under the person's lock."""
    return rules.extension(days=days, access_ends_at=queries.access_end(person, course_key, now), now=now)


def move_up(ended: Entitlement, now: datetime) -> None:
    """Let what was to begin at the end of a revoked entitlement begin earlier by what is lost, so that no gap is left."""
    if ended.ends_at is None or ended.ends_at <= now:
        return
    later = Entitlement.objects.filter(person=ended.person_id, starts_at__gte=ended.ends_at, revoked_at=None)
    if ended.course_key is not None:
        later = later.filter(course_key=ended.course_key)
    # Read before any of them moves: one that has moved up would count as what remains.
    lost = [(entitlement, _lost(ended, entitlement, now)) for entitlement in later.order_by("starts_at", "pk")]
    for entitlement, gap in lost:
        entitlement.starts_at -= gap
        entitlement.ends_at = entitlement.ends_at and entitlement.ends_at - gap
        entitlement.save(update_fields=["starts_at", "ends_at"])
        journal.record("enrolments.moved_up", of=entitlement, at=now, source=entitlement.source)


def _lost(ended: Entitlement, later: Entitlement, now: datetime) -> timedelta:
    """Return by how much a revoked entitlement leaves a gap before a later one: nothing where other access lasts."""
    assert ended.ends_at
    remaining = Entitlement.objects.filter(person=ended.person_id, starts_at__lt=ended.ends_at).lasting(now)
    same = remaining.filter(course_key=None) if later.course_key is None else remaining.opening(later.course_key)
    ends = list(same.values_list("ends_at", flat=True))
    if None in ends:
        return timedelta(0)
    return max(timedelta(0), ended.ends_at - max((end for end in ends if end), default=now))
