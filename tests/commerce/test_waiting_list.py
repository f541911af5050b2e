"""Waiting list: a freed seat goes to whoever has waited longest."""

from datetime import timedelta

import pytest

from academies.journal.models import Entry
from academies.kernel import clock
from academies.notifications import actions as notices
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from academies.people.models import User
from catalog.events.models import EventPage
from catalog.offerings.models import Offering
from commerce.enrolments import actions, queries, tasks
from commerce.enrolments.models import Registration
from tests.fixtures.product_factory import NOW, a_course, a_date

Status = Registration.Status
LATER = NOW + timedelta(hours=2)


def make_waiting_person(number: int) -> User:
    return User.objects.create(email=f"waiter{number}@north.example", full_name=f"Waiter{number} Ng", password="!")


def a_full_date(*, waiting: int, **fields) -> tuple[Offering, list[Registration]]:
    """One seat, taken; the others in line a minute apart. Returns their registrations, the seated first."""
    offering = a_date(seats=1, **fields)
    rows = []
    for number in range(waiting + 1):
        now = NOW + timedelta(minutes=number)
        rows.append(actions.register(person=make_waiting_person(number), offering=offering, now=now))
    if offering.price_minor:
        assert actions.confirm_seat(registration=rows[0], now=NOW)
    return offering, rows


def statuses(rows) -> list[str]:
    return [Registration.objects.get(pk=row.pk).status for row in rows]


def give_up(row, now=LATER) -> None:
    actions.cancel_registration(registration=row, by=row.person, now=now)


def test_who_finds_no_seat_waits_and_is_told_their_number(north):
    offering, rows = a_full_date(waiting=2)

    last = queries.registrations_of(rows[2].person).get()

    assert statuses(rows) == [Status.CONFIRMED, Status.WAITLISTED, Status.WAITLISTED]
    assert last.waiting_position == 2
    assert Delivery.objects.get(kind="seat_waiting", person=rows[2].person).context["position"] == 2
    assert queries.seats_left([offering]) == {offering.pk: 0}


def test_a_freed_seat_goes_to_the_longest_waiting(north):
    _, rows = a_full_date(waiting=3)

    give_up(rows[0])

    assert statuses(rows) == [Status.CANCELLED, Status.CONFIRMED, Status.WAITLISTED, Status.WAITLISTED]
    assert Delivery.objects.filter(kind="seat_confirmed", person=rows[1].person).count() == 1
    assert queries.registrations_of(rows[3].person).get().waiting_position == 2


def test_who_leaves_the_waiting_list_lets_the_others_move_up(north):
    _, rows = a_full_date(waiting=3)

    give_up(rows[1])
    give_up(rows[0])

    assert statuses(rows) == [Status.CANCELLED, Status.CANCELLED, Status.CONFIRMED, Status.WAITLISTED]


def test_a_freed_seat_that_costs_is_held_for_the_first_on_the_waiting_list_with_a_way_to_pay(north):
    offering, rows = a_full_date(waiting=2, price_minor=3500, hold_minutes=1440)

    give_up(rows[0])

    offered = Registration.objects.get(pk=rows[1].pk)
    assert (offered.status, offered.hold_until) == (Status.PENDING, LATER + timedelta(days=1))
    subject, body = notices.compose(Delivery.objects.get(kind="seat_offered"))
    assert subject == "A seat is free for you: Open kitchen evening"
    assert f"http://north.localhost:8000/checkout/offering/{offering.pk}/" in body


def test_an_offered_seat_is_never_held_past_the_start(north):
    offering, rows = a_full_date(waiting=1, price_minor=3500, starts_at=NOW + timedelta(hours=4))

    give_up(rows[0])

    assert Registration.objects.get(pk=rows[1].pk).hold_until == offering.starts_at


def test_an_offer_that_runs_out_goes_to_the_next_and_says_so(north):
    _, rows = a_full_date(waiting=2, price_minor=3500, hold_minutes=60)
    give_up(rows[0], now=NOW + timedelta(minutes=5))

    early = actions.release_holds(now=NOW + timedelta(minutes=64))
    late = [actions.release_holds(now=NOW + timedelta(minutes=66)) for _ in range(2)]

    assert (early, late) == (0, [1, 0])
    assert statuses(rows) == [Status.CANCELLED, Status.EXPIRED, Status.PENDING]
    assert Delivery.objects.filter(kind="seat_lapsed").get().person == rows[1].person
    assert Delivery.objects.filter(kind="seat_offered").count() == 2


def test_a_held_seat_that_was_never_offered_lapses_quietly(north, learner):
    offering = a_date(price_minor=3500)
    actions.hold_seat(person=learner, offering=offering, hold_until=LATER, source="order:1", now=NOW)

    actions.release_holds(now=LATER)

    assert Registration.objects.get().status == Status.EXPIRED
    assert not Delivery.objects.exists()


def test_a_newcomer_joins_the_waiting_list_while_a_free_seat_is_offered_to_it(north, learner):
    offering, rows = a_full_date(waiting=1)
    Offering.objects.filter(pk=offering.pk).update(seats=2)

    newcomer = actions.register(person=learner, offering=offering, now=LATER)
    actions.release_holds(now=LATER)

    assert newcomer.status == Status.WAITLISTED
    assert statuses(rows) == [Status.CONFIRMED, Status.CONFIRMED]


def test_a_newcomer_with_money_doesnt_pass_the_waiting_list_either(north, learner):
    offering, _ = a_full_date(waiting=1, price_minor=3500)
    Offering.objects.filter(pk=offering.pk).update(seats=2)

    with pytest.raises(actions.SoldOut, match="Join the waiting list"):
        actions.hold_seat(person=learner, offering=offering, hold_until=LATER, source="order:1", now=NOW)


def test_more_free_seats_than_people_waiting_let_a_newcomer_in(north, learner):
    offering, _ = a_full_date(waiting=1)
    Offering.objects.filter(pk=offering.pk).update(seats=3)

    newcomer = actions.register(person=learner, offering=offering, now=LATER)

    assert newcomer.status == Status.CONFIRMED


def test_two_at_the_same_moment_wait_in_the_order_of_their_requests(north):
    offering = a_date(seats=0)

    rows = [actions.register(person=make_waiting_person(number), offering=offering, now=NOW) for number in range(3)]

    since = [row.waiting_since for row in rows]
    assert since == sorted(set(since))


def test_nobody_moves_up_once_it_has_begun(north, desk):
    offering, rows = a_full_date(waiting=1)

    actions.cancel_registration(registration=rows[0], by=desk, now=offering.starts_at)
    actions.release_holds(now=offering.starts_at)

    assert statuses(rows) == [Status.CANCELLED, Status.WAITLISTED]


def test_the_waiting_list_is_joined_only_while_there_is_no_seat(north, learner, stranger):
    offering = a_date(seats=1)

    with pytest.raises(actions.SeatsAvailable):
        actions.join_waiting_list(person=learner, offering=offering, now=NOW)
    actions.register(person=stranger, offering=offering, now=NOW)
    row = actions.join_waiting_list(person=learner, offering=offering, now=NOW)

    assert row.status == Status.WAITLISTED


def test_a_date_without_a_waiting_list_refuses(north, learner):
    offering, _ = a_full_date(waiting=0, waiting_list=False)

    with pytest.raises(actions.SoldOut, match="no waiting list"):
        actions.join_waiting_list(person=learner, offering=offering, now=NOW)


def test_every_move_is_in_the_journal(north):
    _, rows = a_full_date(waiting=1, price_minor=3500, hold_minutes=60)
    give_up(rows[0])
    actions.release_holds(now=LATER + timedelta(hours=1))

    entries = (
        Entry.objects.filter(subject_id=str(rows[1].pk)).order_by("at", "id").values_list("verb", "details__before")
    )

    assert list(entries) == [
        ("enrolments.registration_waitlisted", ""),
        ("enrolments.registration_pending", "waitlisted"),
        ("enrolments.registration_expired", "pending"),
    ]


def test_an_editor_who_adds_seats_gives_them_to_the_waiting_list(north):
    _, rows = a_full_date(waiting=3, starts_at=NOW + timedelta(days=4000))
    event = EventPage.objects.get(slug="open-kitchen-evening")
    date = event.offerings.get()
    date.seats = 3
    event.offerings = [date]

    event.save_revision().publish()
    outbox.drain()

    assert statuses(rows) == [Status.CONFIRMED, Status.CONFIRMED, Status.CONFIRMED, Status.WAITLISTED]


def test_an_editor_who_takes_seats_away_turns_nobody_out(north, learner):
    offering, rows = a_full_date(waiting=1)
    Offering.objects.filter(pk=offering.pk).update(seats=0)

    actions.promote_from_waiting_list(offering=offering, now=LATER)

    assert statuses(rows) == [Status.CONFIRMED, Status.WAITLISTED]
    assert queries.seats_left([Offering.objects.get(pk=offering.pk)]) == {offering.pk: 0}


def test_releasing_looks_only_where_something_moves(north, django_assert_num_queries):
    a_full_date(waiting=5)

    with django_assert_num_queries(2):
        actions.release_holds(now=LATER)


def test_the_clock_releases_holds_and_ends_access(north, learner):
    now = clock.now()
    course = a_course()
    mine = actions.hold_seat(
        person=learner, offering=a_date(price_minor=1, starts_at=now + timedelta(days=1)), hold_until=now,
        source="order:1", now=now - timedelta(hours=1),
    )  # fmt: skip
    actions.grant(
        person=learner, course_key=course.translation_key, source="order_line:1", starts_at=now - timedelta(days=2),
        ends_at=now, now=now - timedelta(days=2),
    )  # fmt: skip

    tasks.release_holds.run()
    tasks.expire_access.run()

    assert statuses([mine]) == [Status.EXPIRED]
    assert queries.enrolment_of(learner, course.translation_key).status == "expired"
