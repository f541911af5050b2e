"""Entitlements: access is the union of them, and each ends by itself."""

from datetime import timedelta
from uuid import uuid4

import pytest

from academies.journal.models import Entry
from commerce.enrolments import actions, queries
from commerce.enrolments.models import Enrolment, Entitlement
from commerce.learning.models import Progress
from tests.fixtures.product_factory import NOW, a_course

Status = Enrolment.Status


def grant(person, course, *, source="order_line:1", ends_at=None, now=NOW):
    return actions.grant(
        person=person, course_key=course and course.translation_key, source=source,
        starts_at=now, ends_at=ends_at, now=now,
    )  # fmt: skip


def test_a_grant_enrols_and_the_same_grant_twice_is_one(north, learner):
    course = a_course()

    rows = [grant(learner, course) for _ in range(2)]

    enrolment = Enrolment.objects.get()
    assert rows[0].pk == rows[1].pk
    assert (enrolment.person, enrolment.course, enrolment.course_title) == (learner, course, "Sourdough")
    assert (enrolment.status, enrolment.enrolled_at) == (Status.ACTIVE, NOW)
    assert Entry.objects.filter(verb="enrolments.granted").count() == 1


def test_a_grant_of_every_course_is_one_row_and_enrols_in_none(north, learner):
    course = a_course()

    for _ in range(2):
        grant(learner, None)

    assert Entitlement.objects.count() == 1
    assert Enrolment.objects.count() == 0
    assert queries.is_entitled(learner, course.translation_key)


def test_a_grant_for_a_course_that_is_gone_is_kept(north, learner):
    key = uuid4()

    actions.grant(person=learner, course_key=key, source="order_line:1", starts_at=NOW, ends_at=None, now=NOW)

    assert queries.is_entitled(learner, key)
    assert Enrolment.objects.count() == 0


def test_a_revoked_grant_delivered_again_stays_revoked(north, learner):
    course = a_course()
    grant(learner, course)
    actions.revoke(source="order_line:1", now=NOW)

    grant(learner, course)

    assert not queries.is_entitled(learner, course.translation_key)
    assert Enrolment.objects.get().status == Status.CANCELLED


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("order_line:1", "order_line:2", Status.ACTIVE),
        ("order_line:2", "order_line:1", Status.ACTIVE),
        ("order_line:1", None, Status.ACTIVE),
    ],
)
def test_a_refund_ends_only_its_own(north, learner, first, last, status):
    course = a_course()
    grant(learner, course, source=first)
    grant(learner, course if last else None, source=last or "order_line:all")

    ended = actions.revoke(source=first, now=NOW)

    assert ended == 1
    assert Enrolment.objects.get().status == status
    assert queries.is_entitled(learner, course.translation_key)


def test_when_nothing_entitles_any_longer_the_enrolment_ends_and_progress_stays(north, learner, stranger):
    course = a_course()
    grant(learner, course)
    grant(stranger, course, source="order_line:9")
    mine = Enrolment.objects.get(person=learner)
    actions.raise_percent(enrolment=mine, percent=40)
    Progress.objects.create(enrolment=mine, lesson_key=uuid4(), percent=40, started_at=NOW, updated_at=NOW)

    actions.revoke(source="order_line:1", now=NOW)

    mine.refresh_from_db()
    assert (mine.status, mine.ended_at, mine.percent) == (Status.CANCELLED, NOW, 40)
    assert Progress.objects.filter(enrolment=mine).exists()
    assert Enrolment.objects.get(person=stranger).status == Status.ACTIVE


def test_a_new_grant_brings_back_the_same_enrolment(north, learner):
    course = a_course()
    grant(learner, course)
    before = Enrolment.objects.get()
    actions.revoke(source="order_line:1", now=NOW)

    grant(learner, course, source="order_line:2")

    after = Enrolment.objects.get()
    assert (after.pk, after.status, after.ended_at) == (before.pk, Status.ACTIVE, None)


def test_a_grant_of_every_course_brings_back_what_had_ended(north, learner):
    grant(learner, a_course())
    actions.revoke(source="order_line:1", now=NOW)

    grant(learner, None, source="order_line:2")

    assert Enrolment.objects.get().status == Status.ACTIVE


def test_what_is_completed_stays_completed_when_access_ends(north, learner):
    course = a_course()
    grant(learner, course)
    enrolment = Enrolment.objects.get()

    done = [actions.complete(enrolment=enrolment, now=NOW) for _ in range(2)]
    actions.revoke(source="order_line:1", now=NOW)

    enrolment.refresh_from_db()
    assert done == [True, False]
    assert (enrolment.status, enrolment.percent) == (Status.COMPLETED, 100)
    assert not queries.is_entitled(learner, course.translation_key)


def test_progress_of_an_enrolment_never_goes_down(north, learner):
    grant(learner, a_course())
    enrolment = Enrolment.objects.get()

    for percent in (30, 10):
        actions.raise_percent(enrolment=enrolment, percent=percent)

    enrolment.refresh_from_db()
    assert enrolment.percent == 30


def test_access_of_some_days_ends_by_itself(north, learner, stranger):
    course = a_course()
    grant(learner, course, ends_at=NOW + timedelta(days=30))
    grant(stranger, course, source="order_line:2")

    early = actions.expire_access(now=NOW + timedelta(days=29))
    late = [actions.expire_access(now=NOW + timedelta(days=30)) for _ in range(2)]

    assert (early, late) == (0, [1, 0])
    assert Enrolment.objects.get(person=learner).status == Status.EXPIRED
    assert Enrolment.objects.get(person=stranger).status == Status.ACTIVE


def test_access_that_begins_later_is_no_access_yet(north, learner):
    course = a_course()

    actions.grant(
        person=learner, course_key=course.translation_key, source="order_line:1",
        starts_at=NOW + timedelta(days=7), ends_at=None, now=NOW,
    )  # fmt: skip

    assert Enrolment.objects.count() == 0
    with pytest.raises(actions.PaymentRequired):
        actions.enrol(person=learner, course=course, now=NOW)
    assert actions.enrol(person=learner, course=course, now=NOW + timedelta(days=7)).status == Status.ACTIVE
