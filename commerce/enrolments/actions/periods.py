"""Access for a number of days: more of it starts where the present access ends, or earlier if that is revoked."""

from datetime import datetime, timedelta
from uuid import UUID

from academies.journal import actions as journal
from academies.people.models import User
from commerce.enrolments import queries, rules
from commerce.enrolments.models import Entitlement


def next_period(person: User, course_key: UUID | None, *, days: int, now: datetime) -> tuple[datetime, datetime]:
    """Return the start and the end of further days of access. Call it under the person's lock."""
    return rules.next_access_period(days=days, access_ends_at=queries.access_end(person, course_key, now), now=now)


def close_gap(ended: Entitlement, now: datetime) -> None:
    """Move the later entitlements of a person forward by the time that a revoked one leaves uncovered."""
    if ended.ends_at is None or ended.ends_at <= now:
        return
    later = Entitlement.objects.filter(person=ended.person_id, starts_at__gte=ended.ends_at, revoked_at=None)
    if ended.course_key is not None:
        later = later.filter(course_key=ended.course_key)
    # Computed before any of them moves: a moved one would count as remaining access.
    gaps = [(entitlement, _gap(ended, entitlement, now)) for entitlement in later.order_by("starts_at", "pk")]
    for entitlement, gap in gaps:
        entitlement.starts_at -= gap
        entitlement.ends_at = entitlement.ends_at and entitlement.ends_at - gap
        entitlement.save(update_fields=["starts_at", "ends_at"])
        journal.record("enrolments.moved_up", of=entitlement, at=now, source=entitlement.source)


def _gap(ended: Entitlement, later: Entitlement, now: datetime) -> timedelta:
    """Return the time that a revoked entitlement leaves uncovered before a later one; zero if other access lasts."""
    assert ended.ends_at
    remaining = Entitlement.objects.filter(person=ended.person_id, starts_at__lt=ended.ends_at).lasting(now)
    remaining = remaining.filter(course_key=None) if later.course_key is None else remaining.opening(later.course_key)
    ends = list(remaining.values_list("ends_at", flat=True))
    if None in ends:
        return timedelta(0)
    return max(timedelta(0), ended.ends_at - max((end for end in ends if end), default=now))
