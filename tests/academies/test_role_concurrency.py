"""Concurrency of role changes: two owners who remove each other leave one owner."""

import threading
from contextlib import suppress
from unittest import mock

import pytest

from academies.kernel import clock
from academies.people.actions import roles
from academies.people.models import User
from academies.people.roles import OWNER
from tests.fixtures.concurrency import at_once, people_of

pytestmark = pytest.mark.threads


@pytest.fixture
def owners(committed_academy):
    for person in people_of(committed_academy, 2):
        roles.give_role(person=person, role=OWNER)
    return list(User.objects.filter(groups__name=OWNER).order_by("pk"))


@pytest.fixture(autouse=True)
def _wait_for_both_counts(monkeypatch):
    """Take a role only when the other has counted the owners too, or has been kept waiting for long enough."""
    gate, take = threading.Barrier(2), roles.take_role

    def late(**arguments):
        with suppress(threading.BrokenBarrierError):
            gate.wait(2)
        take(**arguments)

    monkeypatch.setattr(roles, "take_role", late)


def remove_each_other(owners):
    def remove(number):
        by, other = owners[number], owners[1 - number]
        return roles.withdraw_role(person=other, role=OWNER, by=by, now=clock.now())

    return sorted(type(answer).__name__ for answer in at_once(2, remove))


def test_of_two_owners_who_remove_each_other_one_stays(owners):
    assert remove_each_other(owners) == ["LastOwner", "User"]
    assert User.objects.filter(groups__name=OWNER).count() == 1


def test_without_the_lock_nobody_would_be_left(owners):
    with mock.patch.object(type(User.objects), "select_for_update", lambda self: self.get_queryset()):
        results = remove_each_other(owners)

    assert results == ["User", "User"]
    assert not User.objects.filter(groups__name=OWNER).exists()
