"""Seat actions whose first reads are outdated by the time they hold the lock."""

from datetime import timedelta

import pytest

from academies.notifications.models import Delivery
from commerce.enrolments import actions
from commerce.enrolments.actions import locks
from commerce.enrolments.models import Registration
from tests.fixtures.product_factory import NOW, a_date

Status = Registration.Status
END = NOW + timedelta(minutes=30)
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def just_before_the_lock(monkeypatch):
    """Return a function that makes something happen once, right before the next lock of an offering."""
    real = locks.lock_offering

    def arrange(happening) -> None:
        waiting = [happening]

        def lock(pk):
            if waiting:
                waiting.pop()()
            return real(pk)

        monkeypatch.setattr(locks, "lock_offering", lock)

    return arrange


def hold(who, offering, now=NOW, until=END):
    return actions.hold_seat(person=who, offering=offering, hold_until=until, source="order:1", now=now)


def status_of(registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


def test_a_seat_paid_while_its_hold_is_being_ended_stays_paid(north, learner, just_before_the_lock):
    mine = hold(learner, a_date(price_minor=3500))
    just_before_the_lock(lambda: actions.confirm_seat(registration=mine, now=END - timedelta(seconds=1)))

    ended = actions.release_holds(now=END)

    assert (ended, status_of(mine)) == (0, Status.CONFIRMED)


def test_a_hold_made_longer_while_it_is_being_ended_is_kept(north, learner, just_before_the_lock):
    offering = a_date(price_minor=3500)
    mine = hold(learner, offering)
    just_before_the_lock(lambda: hold(learner, offering, until=LATER))

    ended = actions.release_holds(now=END)

    assert (ended, status_of(mine)) == (0, Status.PENDING)


def test_money_that_comes_when_the_seat_has_just_gone_confirms_nothing(north, learner, stranger, just_before_the_lock):
    offering = a_date(seats=1, price_minor=3500)
    mine = hold(learner, offering)
    just_before_the_lock(lambda: hold(stranger, offering, now=END, until=LATER))

    assert actions.confirm_seat(registration=mine, now=END) is False
    assert status_of(mine) == Status.PENDING


def test_who_comes_when_the_last_seat_has_just_gone_waits(north, learner, stranger, just_before_the_lock):
    offering = a_date(seats=1)
    just_before_the_lock(lambda: actions.register(person=stranger, offering=offering, now=NOW))

    mine = actions.register(person=learner, offering=offering, now=NOW)

    assert mine.status == Status.WAITLISTED


def test_a_seat_given_up_twice_at_once_is_passed_on_once(north, learner, desk, stranger, just_before_the_lock, owner):
    offering = a_date(seats=1)
    mine = actions.register(person=learner, offering=offering, now=NOW)
    first, second = (actions.register(person=person, offering=offering, now=NOW) for person in (stranger, owner))
    just_before_the_lock(lambda: actions.cancel_registration(registration=mine, by=desk, now=NOW))

    actions.cancel_registration(registration=mine, by=learner, now=NOW)

    assert [status_of(registration) for registration in (mine, first, second)] == [
        Status.CANCELLED,
        Status.CONFIRMED,
        Status.WAITLISTED,
    ]
    assert Delivery.objects.filter(kind="seat_cancelled").count() == 1


def test_who_has_just_left_the_waiting_list_is_not_moved_up(north, learner, stranger, owner, just_before_the_lock):
    offering = a_date(seats=1)
    seated, first, second = (
        actions.register(person=person, offering=offering, now=NOW) for person in (owner, learner, stranger)
    )
    just_before_the_lock(lambda: actions.cancel_registration(registration=first, by=learner, now=NOW))

    actions.cancel_registration(registration=seated, by=owner, now=NOW)

    assert [status_of(registration) for registration in (first, second)] == [Status.CANCELLED, Status.CONFIRMED]


def test_seats_added_while_somebody_asks_are_seen(north, learner, stranger, just_before_the_lock):
    offering = a_date(seats=1)
    actions.register(person=stranger, offering=offering, now=NOW)
    just_before_the_lock(lambda: type(offering).objects.filter(pk=offering.pk).update(seats=2))

    mine = actions.register(person=learner, offering=offering, now=NOW)

    assert mine.status == Status.CONFIRMED
