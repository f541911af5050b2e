"""Course completion: reported concurrently, completed once."""

import threading
from datetime import UTC, datetime
from unittest import mock

import pytest
from django.core import mail
from django.db import IntegrityError, connection

from academies.journal.models import Entry
from academies.kernel import faultpoints
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from academies.outbox.models import Message
from commerce.certificates import actions as certificates
from commerce.certificates.models import Certificate
from commerce.enrolments.models import Enrolment
from commerce.learning import actions
from commerce.learning.actions import completion
from commerce.learning.models import Progress
from tests.fixtures import lesson_factory
from tests.fixtures.concurrency import at_once, meeting_point, people_of
from tests.fixtures.lesson_factory import TEXT

pytestmark = pytest.mark.threads
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MANY = 50


def a_course_of(count, committed_academy):
    page = lesson_factory.course(lessons=[TEXT] * count)
    [person] = people_of(committed_academy, 1)
    return lesson_factory.enrolled(person, page), lesson_factory.lessons_of(page)


def failed(results):
    return [result for result in results if isinstance(result, BaseException)]


def test_fifty_completions_at_once_are_one_fact_one_certificate_and_one_email(committed_academy):
    enrolment, [lesson] = a_course_of(1, committed_academy)

    completed = at_once(MANY, lambda _: actions.mark_viewed(enrolment=enrolment, lesson=lesson, now=NOW))
    delivered = at_once(8, lambda _: outbox.drain())
    issued = at_once(MANY, lambda _: certificates.issue(enrolment=enrolment, now=NOW).pk)
    outbox.drain()

    assert not failed(completed) + failed(delivered) + failed(issued)
    assert Message.objects.filter(name="fact:CourseCompleted").count() == 1
    assert set(issued) == {Certificate.objects.get().pk}
    assert Delivery.objects.filter(kind="certificate_issued").count() == 1
    assert len([email for email in mail.outbox if "certificate" in email.subject.lower()]) == 1
    assert Entry.objects.filter(verb="enrolments.enrolment_completed").count() == 1


def test_the_last_lessons_done_at_once_complete_the_course(committed_academy):
    enrolment, lessons = a_course_of(12, committed_academy)

    results = at_once(12, lambda number: actions.mark_viewed(enrolment=enrolment, lesson=lessons[number], now=NOW))

    enrolment.refresh_from_db()
    assert not failed(results)
    assert (enrolment.status, enrolment.percent) == ("completed", 100)
    assert Message.objects.filter(name="fact:CourseCompleted").count() == 1


def test_without_the_lock_the_last_lessons_miss_each_other(committed_academy):
    """The mutant: two last lessons, each counted before the other has committed."""
    enrolment, lessons = a_course_of(2, committed_academy)
    both_have_counted, count = threading.Barrier(2), completion.queries.course_progress

    def counting(*args):
        total = count(*args)
        both_have_counted.wait(20)
        return total

    unlocked = mock.patch.object(completion, "lock_enrolment", lambda pk: Enrolment.objects.get(pk=pk))
    with unlocked, mock.patch.object(completion.queries, "course_progress", counting):
        at_once(2, lambda number: actions.mark_viewed(enrolment=enrolment, lesson=lessons[number], now=NOW))

    enrolment.refresh_from_db()
    assert Progress.objects.exclude(completed_at=None).count() == 2
    assert (enrolment.status, enrolment.percent) == ("active", 50)


def _issue_after_all_have_looked(enrolment, threads):
    """Issue from many threads without the lock, none of them writing before all have seen that there is none."""
    unlocked = mock.patch.object(type(Enrolment.objects), "select_for_update", lambda self, **_: self.get_queryset())
    with unlocked, mock.patch.dict(faultpoints.armed, {"certificates.issue": meeting_point(threads, 20)}):
        return at_once(threads, lambda _: certificates.issue(enrolment=enrolment, now=NOW))


def test_without_lock_and_constraint_there_are_many_certificates(committed_academy):
    """The mutant: as `issue` would be with neither."""
    enrolment, [lesson] = a_course_of(1, committed_academy)
    actions.mark_viewed(enrolment=enrolment, lesson=lesson, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_valid_certificate_per_enrolment")

    results = _issue_after_all_have_looked(enrolment, 10)

    assert not failed(results)
    assert Certificate.objects.count() == 10


def test_without_the_lock_the_constraint_keeps_all_but_one_out(committed_academy):
    enrolment, [lesson] = a_course_of(1, committed_academy)
    actions.mark_viewed(enrolment=enrolment, lesson=lesson, now=NOW)

    results = _issue_after_all_have_looked(enrolment, 10)

    assert {type(result) for result in failed(results)} == {IntegrityError}
    assert Certificate.objects.count() == 1
