"""Seats: given once, held for a time, confirmed while available."""

from datetime import timedelta

import pytest

from academies.journal.models import Entry
from academies.notifications.models import Delivery
from commerce.enrolments import actions, queries
from commerce.enrolments.models import Registration
from tests.fixtures.product_factory import NOW, a_date

Status = Registration.Status
SOON = NOW + timedelta(minutes=30)
LATER = NOW + timedelta(hours=2)


def hold(who, offering, *, now=NOW, until=SOON, source="order:1"):
    return actions.hold_seat(person=who, offering=offering, hold_until=until, source=source, now=now)


def test_a_free_seat_is_confirmed_at_once_and_written_about(north, learner):
    offering = a_date()

    registration = actions.register(person=learner, offering=offering, answers={"diet": "none"}, now=NOW)

    assert registration.status == Status.CONFIRMED
    assert registration.answers == {"diet": "none"}
    mail = Delivery.objects.get(person=learner)
    assert (mail.kind, mail.context["instructions"]) == ("seat_confirmed", "Ring the bell.")
    assert mail.context["when"] == "Friday 16 May 2025, 09:00 (UTC)"
    assert Entry.objects.filter(subject_id=registration.pk, verb="enrolments.registration_confirmed").count() == 1


def test_the_same_person_is_refused_a_second_seat(north, learner):
    offering = a_date()
    first = actions.register(person=learner, offering=offering, now=NOW)

    with pytest.raises(actions.AlreadyRegistered) as refused:
        actions.register(person=learner, offering=offering, now=NOW)

    assert refused.value.extra["registration"] == {"id": str(first.pk), "status": "confirmed"}
    assert Registration.objects.count() == 1


def test_who_gave_a_seat_up_may_take_one_again(north, learner):
    offering = a_date()
    first = actions.register(person=learner, offering=offering, now=NOW)
    actions.cancel_registration(registration=first, by=learner, now=NOW)

    second = actions.register(person=learner, offering=offering, now=NOW)

    assert second.status == Status.CONFIRMED
    assert Registration.objects.filter(person=learner).count() == 2


def test_the_last_seat_leaves_none_and_the_next_is_refused_without_a_waiting_list(north, learner, stranger):
    offering = a_date(seats=1, waiting_list=False)
    actions.register(person=learner, offering=offering, now=NOW)

    with pytest.raises(actions.SoldOut) as refused:
        actions.register(person=stranger, offering=offering, now=NOW)

    assert refused.value.message.startswith("All 1 seat is taken.")
    assert queries.seats_left([offering]) == {offering.pk: 0}


@pytest.mark.parametrize("seats", [0, None])
def test_no_seats_are_full_and_no_limit_never_is(north, learner, seats):
    offering = a_date(seats=seats)

    registration = actions.register(person=learner, offering=offering, now=NOW)

    assert registration.status == (Status.CONFIRMED if seats is None else Status.WAITLISTED)


@pytest.mark.parametrize(
    ("opens", "closes", "refused"),
    [
        (None, None, False),
        (timedelta(hours=1), None, True),
        (-timedelta(hours=1), timedelta(hours=1), False),
        (None, -timedelta(hours=1), True),
        (None, timedelta(0), True),
    ],
)
def test_registration_has_its_hours(north, learner, opens, closes, refused):
    offering = a_date(
        opens_at=NOW + opens if opens is not None else None, closes_at=NOW + closes if closes is not None else None
    )

    try:
        actions.register(person=learner, offering=offering, now=NOW)
        said_no = False
    except actions.RegistrationClosed:
        said_no = True

    assert said_no is refused


def test_nobody_registers_for_a_date_that_has_begun(north, learner):
    offering = a_date(starts_at=NOW)

    with pytest.raises(actions.RegistrationClosed):
        actions.register(person=learner, offering=offering, now=NOW)


def test_a_held_seat_is_taken_until_its_hold_ends(north, learner, stranger):
    offering = a_date(seats=1, price_minor=3500, waiting_list=False)
    hold(learner, offering)

    with pytest.raises(actions.SoldOut):
        hold(stranger, offering)
    later = hold(stranger, offering, now=SOON, until=LATER)

    assert later.status == Status.PENDING


def test_ones_own_held_seat_is_held_again_for_the_longer_time(north, learner):
    offering = a_date(seats=1, price_minor=3500)
    first = hold(learner, offering, until=LATER)

    again = hold(learner, offering, until=SOON, source="order:2")

    assert again.pk == first.pk
    assert (again.hold_until, again.source) == (LATER, "order:2")


def test_ones_own_lapsed_hold_is_held_again_only_while_a_seat_is_free(north, learner, stranger):
    offering = a_date(seats=1, price_minor=3500)
    mine = hold(learner, offering)

    again = hold(learner, offering, now=SOON, until=LATER)
    actions.cancel_registration(registration=again, by=None, now=SOON)
    theirs = hold(stranger, offering, now=SOON, until=LATER)
    hold_over = LATER + timedelta(minutes=1)
    hold(learner, offering, now=hold_over, until=hold_over + timedelta(minutes=30))

    assert again.pk == mine.pk
    with pytest.raises(actions.SoldOut):
        hold(stranger, offering, now=hold_over, until=hold_over + timedelta(minutes=30))
    theirs.refresh_from_db()
    assert theirs.status == Status.PENDING


def test_who_let_a_hold_run_out_may_register_again(north, learner):
    offering = a_date(price_minor=3500)
    first = hold(learner, offering)

    again = actions.register(person=learner, offering=offering, now=SOON)

    first.refresh_from_db()
    assert (first.status, again.status, again.pk != first.pk) == (Status.EXPIRED, Status.PENDING, True)


def test_what_is_coming_up_is_listed_next_first_in_one_query(north, learner, django_assert_num_queries):
    days = (3, 1, 2, -30)
    dates = [a_date(starts_at=NOW + timedelta(days=day), seats=None if day != 2 else 0) for day in days]
    for offering in dates:
        actions.register(person=learner, offering=offering, now=NOW - timedelta(days=40))

    with django_assert_num_queries(1):
        shown = queries.upcoming_registrations(learner, NOW)
        titles = {row.offering.event.title for row in shown}

    assert [row.offering for row in shown] == [dates[1], dates[2], dates[0]]
    assert [row.waiting_position for row in shown] == [None, 1, None]
    assert titles == {"Open kitchen evening"}


@pytest.mark.parametrize("state", ["confirmed", "waiting"])
def test_a_seat_is_not_held_for_who_has_one_or_waits(north, learner, stranger, state):
    offering = a_date(seats=1, price_minor=3500)
    first = hold(learner, offering)
    if state == "confirmed":
        actions.confirm_seat(registration=first, now=NOW)
    else:
        actions.join_waiting_list(person=stranger, offering=offering, now=NOW)

    with pytest.raises(actions.AlreadyRegistered):
        hold(learner if state == "confirmed" else stranger, offering)


def test_paying_in_time_confirms_the_seat_once(north, learner):
    registration = hold(learner, a_date(price_minor=3500))

    answers = [actions.confirm_seat(registration=registration, now=NOW) for _ in range(2)]

    registration.refresh_from_db()
    assert answers == [True, True]
    assert (registration.status, registration.confirmed_at) == (Status.CONFIRMED, NOW)
    assert Delivery.objects.filter(kind="seat_confirmed").count() == 1


@pytest.mark.parametrize("swept", [False, True])
@pytest.mark.parametrize(("somebody_else", "confirmed"), [(None, True), ("has it", False), ("waits", False)])
def test_paying_late_confirms_only_a_seat_that_nobody_else_has_or_waits_for(
    north, learner, stranger, somebody_else, confirmed, swept
):
    offering = a_date(seats=1, price_minor=3500)
    registration = hold(learner, offering)
    if somebody_else == "waits":
        actions.join_waiting_list(person=stranger, offering=offering, now=NOW)
    if somebody_else == "has it":
        hold(stranger, offering, now=SOON, until=LATER)
    if swept:
        actions.release_holds(now=SOON)

    answer = actions.confirm_seat(registration=registration, now=SOON)

    registration.refresh_from_db()
    assert answer is confirmed
    assert (registration.status == Status.CONFIRMED) is confirmed


def test_a_cancelled_seat_is_never_confirmed_by_late_money(north, learner):
    registration = hold(learner, a_date(price_minor=3500))
    actions.cancel_registration(registration=registration, by=learner, now=NOW)

    answer = actions.confirm_seat(registration=registration, now=NOW)

    assert answer is False


def test_late_money_for_a_lapsed_hold_is_refused_to_who_holds_another_seat(north, learner):
    offering = a_date(price_minor=3500)
    first = hold(learner, offering)
    actions.release_holds(now=SOON)
    hold(learner, offering, now=SOON, until=LATER, source="order:2")

    answer = actions.confirm_seat(registration=first, now=SOON)

    assert answer is False


def test_giving_up_a_seat_frees_it_and_doing_so_twice_is_nothing(north, learner, stranger):
    offering = a_date(seats=1, waiting_list=False)
    registration = actions.register(person=learner, offering=offering, now=NOW)

    for _ in range(2):
        ended = actions.cancel_registration(registration=registration, by=learner, now=NOW)

    assert (ended.status, ended.ended_at) == (Status.CANCELLED, NOW)
    assert Delivery.objects.filter(kind="seat_cancelled").count() == 1
    assert actions.register(person=stranger, offering=offering, now=NOW).status == Status.CONFIRMED


def test_after_the_start_a_seat_is_given_up_by_the_desk_only(north, learner, desk):
    offering = a_date()
    registration = actions.register(person=learner, offering=offering, now=NOW)

    with pytest.raises(actions.RegistrationClosed):
        actions.cancel_registration(registration=registration, by=learner, now=offering.starts_at)
    ended = actions.cancel_registration(registration=registration, by=desk, now=offering.starts_at)

    assert ended.status == Status.CANCELLED


def test_seats_left_are_counted_in_one_query_for_many(north, learner, django_assert_num_queries):
    offerings = [a_date(seats=seats) for seats in (1, 5, None)]
    actions.register(person=learner, offering=offerings[1], now=NOW)

    with django_assert_num_queries(1):
        left = queries.seats_left(offerings)

    assert left == {offerings[0].pk: 1, offerings[1].pk: 4, offerings[2].pk: None}


def test_strangers_see_fresh_seats_after_each_change(north, learner, django_capture_on_commit_callbacks):
    from academies.tenants import cache_version

    offering = a_date()
    before = cache_version.current()

    with django_capture_on_commit_callbacks(execute=True):
        actions.register(person=learner, offering=offering, now=NOW)

    assert cache_version.current() != before
