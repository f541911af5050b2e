"""Concurrency of reissuing and revoking: each happens once."""

from datetime import UTC, datetime
from unittest import mock

import pytest
from django.db import IntegrityError

from academies.kernel import faultpoints
from commerce.certificates import actions
from commerce.certificates.models import Certificate
from commerce.learning import actions as learning
from tests.fixtures import lesson_factory
from tests.fixtures.concurrency import at_once, meeting_point, people_of
from tests.fixtures.lesson_factory import TEXT

pytestmark = pytest.mark.threads
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def certificate(committed_academy) -> Certificate:
    page = lesson_factory.course(lessons=[TEXT])
    [person] = people_of(committed_academy, 1)
    enrolment = lesson_factory.enrolled(person, page)
    learning.mark_viewed(enrolment=enrolment, lesson=lesson_factory.lessons_of(page)[0], now=NOW)
    issued = actions.issue(enrolment=enrolment, now=NOW)
    assert issued
    return issued


def standing() -> dict[str, int]:
    every = list(Certificate.objects.values_list("status", flat=True))
    return {status: every.count(status) for status in set(every)}


def _kinds(results) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_a_certificate_reissued_by_six_at_once_is_replaced_once(certificate):
    results = at_once(6, lambda _: actions.reissue(certificate=certificate, by=None, now=NOW))

    assert _kinds(results) == ["Certificate", *["Replaced"] * 5]
    assert standing() == {"valid": 1, "replaced": 1}


def test_without_the_lock_only_the_constraint_keeps_a_second_one_out(certificate):
    unlocked = mock.patch.object(type(Certificate.objects), "select_for_update", lambda self, **_: self.get_queryset())
    with unlocked, mock.patch.dict(faultpoints.armed, {"certificates.reissue": meeting_point(6)}):
        results = at_once(6, lambda _: actions.reissue(certificate=certificate, by=None, now=NOW))

    assert [error for error in results if isinstance(error, IntegrityError)]
    assert standing()["valid"] == 1


def test_revoked_and_reissued_at_once_is_one_after_the_other(certificate):
    def either(number: int):
        if number % 2:
            return actions.revoke(certificate=certificate, by=None, reason="cheated", now=NOW)
        return actions.reissue(certificate=certificate, by=None, now=NOW)

    results = at_once(6, either)

    # A revoked one may be reissued, which a person with the right to has then decided; a replaced one stays replaced.
    assert set(_kinds(results)) <= {"Certificate", "NotValid", "Replaced"}
    assert standing() == {"valid": 1, "replaced": 1}
    assert sum(isinstance(result, Certificate) for result in results) in (1, 2)
