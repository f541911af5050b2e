"""Seat rules: no seat is sold twice, and the waiting list keeps its order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.enrolments import rules
from commerce.enrolments.models import Enrolment, Registration
from commerce.enrolments.rules import SeatOutcome, seat_outcome

few = st.integers(0, 50)


@given(taken=few, seats=few, waiting=few, waiting_list=st.booleans())
def test_a_seat_is_given_exactly_when_one_is_left(taken, seats, waiting, waiting_list):
    where = seat_outcome(taken=taken, seats=seats, waiting_list=waiting_list, waiting=waiting)
    left = rules.seats_left(taken=taken, seats=seats, waiting=waiting)

    assert (where is SeatOutcome.SEATED) == (left > 0)
    assert where is not SeatOutcome.SEATED or taken < seats
    assert where is not (SeatOutcome.REFUSED if waiting_list else SeatOutcome.WAITING)


@given(taken=few, waiting=few, waiting_list=st.booleans())
def test_without_a_limit_everybody_is_seated(taken, waiting, waiting_list):
    assert seat_outcome(taken=taken, seats=None, waiting_list=waiting_list, waiting=waiting) is SeatOutcome.SEATED
    assert rules.seats_left(taken=taken, seats=None, waiting=waiting) is None


@given(seats=st.integers(0, 10), comers=st.integers(0, 30))
def test_registrations_fill_the_seats_and_then_the_waiting_list(seats, comers):
    taken = waiting = 0
    for _ in range(comers):
        if seat_outcome(taken=taken, seats=seats, waiting_list=True, waiting=waiting) is SeatOutcome.SEATED:
            taken += 1
        else:
            waiting += 1

    assert (taken, waiting) == (min(seats, comers), max(0, comers - seats))


@pytest.mark.parametrize(
    ("table", "statuses"), [(rules.REGISTRATION, Registration.Status), (rules.ENROLMENT, Enrolment.Status)]
)
def test_the_tables_know_every_status_and_no_other(table, statuses):
    reached = frozenset().union(*table.allowed.values())

    assert set(table.allowed) - {""} == set(statuses.values)
    assert reached <= set(statuses.values)
