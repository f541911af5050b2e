"""Webhook inbox: an event is stored once and handled in its own academy."""

from datetime import timedelta

import pytest
from django.db import connection

from academies.inbox import actions as inbox
from academies.inbox import registry
from academies.inbox.models import WebhookEvent
from academies.kernel import clock
from tests.fixtures.concurrency import at_once


def _fact(account: str = "north", external_id: str = "evt_1") -> inbox.ParsedWebhook:
    return inbox.ParsedWebhook(
        source="test", account=account, external_id=external_id, kind="paid", payload={"amount": 100}
    )


@pytest.fixture
def handled():
    seen = []
    registry.handler("test")(lambda event: seen.append((connection.schema_name, event.external_id)) or True)
    return seen


def test_a_repeated_fact_is_one_event(north, handled):
    event, is_new = inbox.receive(webhook=_fact(), now=clock.now())

    again, new_again = inbox.receive(webhook=_fact(), now=clock.now())

    assert (is_new, new_again) == (True, False)
    assert again.pk == event.pk


def test_the_same_id_from_another_academy_is_another_event(north, handled):
    ours, _ = inbox.receive(webhook=_fact(), now=clock.now())

    theirs, is_new = inbox.receive(webhook=_fact(account="south"), now=clock.now())

    assert is_new
    assert theirs.pk != ours.pk


def test_an_event_is_handled_once_and_again_only_on_request(north, handled):
    event, _ = inbox.receive(webhook=_fact(), now=clock.now())

    for _ in range(2):
        inbox.handle(event_id=str(event.pk), now=clock.now())
    assert handled == [("north", "evt_1")]

    inbox.handle(event_id=str(event.pk), now=clock.now(), again=True)
    assert len(handled) == 2


def test_an_event_of_another_academy_isn_t_handled_here(north, handled):
    event, _ = inbox.receive(webhook=_fact(account="south"), now=clock.now())

    with pytest.raises(LookupError, match="belongs to south"):
        inbox.handle(event_id=str(event.pk), now=clock.now())

    assert handled == []


def test_an_event_whose_handling_failed_is_swept_up(north):
    answers = iter([OSError("provider away"), True])

    def handler(event):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    registry.handler("test")(handler)
    now = clock.now()
    event, _ = inbox.receive(webhook=_fact(), now=now)

    assert inbox.handle(event_id=str(event.pk), now=now).status == WebhookEvent.Status.RETRYING
    assert inbox.sweep(now=now) == 0
    assert inbox.sweep(now=now + timedelta(minutes=5)) == 1

    event.refresh_from_db()
    assert (event.status, event.attempts, event.error) == (WebhookEvent.Status.HANDLED, 2, "")
    assert inbox.sweep(now=now + timedelta(days=1)) == 0


def _raise(error: Exception):
    raise error


def test_an_event_that_fails_is_tried_for_five_days_with_growing_pauses(north):
    registry.handler("test")(lambda event: _raise(ValueError("no such thing")))
    now = began = clock.now()
    event, _ = inbox.receive(webhook=_fact(), now=now)
    pauses = []

    while event.next_attempt_at:
        pauses.append(event.next_attempt_at - now)
        now = event.next_attempt_at
        assert inbox.sweep(now=now) == 1
        event.refresh_from_db()

    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=4)
    assert timedelta(days=5) < now - began < timedelta(days=5, hours=5)
    assert event.status == WebhookEvent.Status.FAILED


def test_what_nobody_tried_for_days_is_not_given_up_at_the_first_failure(north):
    registry.handler("test")(lambda event: _raise(ValueError("no such thing")))
    event, _ = inbox.receive(webhook=_fact(), now=clock.now() - timedelta(days=9))

    inbox.sweep(now=clock.now())

    event.refresh_from_db()
    assert (event.status, event.next_attempt_at > clock.now()) == (WebhookEvent.Status.RETRYING, True)


@pytest.mark.parametrize("status", [WebhookEvent.Status.RECEIVED, WebhookEvent.Status.FAILED])
def test_what_the_last_version_stored_while_it_was_replaced_is_handled(north, handled, status):
    event, _ = inbox.receive(webhook=_fact(), now=clock.now() - timedelta(minutes=1))
    WebhookEvent.objects.update(status=status, next_attempt_at=None)

    assert inbox.sweep(now=clock.now()) == 1

    event.refresh_from_db()
    assert event.status == WebhookEvent.Status.HANDLED
    assert inbox.sweep(now=clock.now()) == 0


def test_what_failed_for_good_can_still_be_handled_by_hand(north, handled):
    event, _ = inbox.receive(webhook=_fact(), now=clock.now() - timedelta(days=6))
    WebhookEvent.objects.update(status=WebhookEvent.Status.FAILED, attempts=40, next_attempt_at=None)
    assert inbox.sweep(now=clock.now() + timedelta(days=1)) == 0

    inbox.handle(event_id=str(event.pk), now=clock.now(), again=True)

    event.refresh_from_db()
    assert event.status == WebhookEvent.Status.HANDLED


def test_while_the_source_is_away_one_event_a_round_asks_and_its_answer_wakes_the_others(north):
    requests, away = [], [True]

    def handler(event):
        requests.append(event.external_id)
        return _raise(registry.SourceUnavailable("away")) if away else True

    registry.handler("test")(handler)
    now = clock.now()
    for number in range(20):
        inbox.receive(webhook=_fact(external_id=f"evt_{number}"), now=now)
    for minute in range(1, 40):
        inbox.sweep(now=now + timedelta(minutes=minute))
    assert len(requests) == 39, "one for each round"

    away.clear()
    inbox.sweep(now=now + timedelta(minutes=40))
    inbox.sweep(now=now + timedelta(minutes=40, seconds=15))

    assert set(WebhookEvent.objects.values_list("status", flat=True)) == {WebhookEvent.Status.HANDLED}


def test_a_broken_event_keeps_no_other_waiting_and_is_not_woken_by_them(north):
    tries = []

    def handler(event):
        tries.append(event.external_id)
        return _raise(ValueError("broken")) if event.external_id == "evt_0" else True

    registry.handler("test")(handler)
    now = clock.now()
    for number in range(3):
        inbox.receive(webhook=_fact(external_id=f"evt_{number}"), now=now)

    for second in (60, 61, 62):
        inbox.sweep(now=now + timedelta(seconds=second))

    assert sorted(tries) == ["evt_0", "evt_1", "evt_2"]


def test_handled_events_are_forgotten_after_three_months_and_failed_ones_are_kept(north, handled):
    now = clock.now()
    _, fresh, failed = (
        inbox.receive(webhook=_fact(external_id=name), now=now - timedelta(days=days))[0]
        for name, days in (("old", 91), ("fresh", 89), ("failed", 91))
    )
    theirs, _ = inbox.receive(webhook=_fact("south", "old"), now=now - timedelta(days=91))
    WebhookEvent.objects.update(status=WebhookEvent.Status.HANDLED, next_attempt_at=None)
    WebhookEvent.objects.filter(pk=failed.pk).update(status=WebhookEvent.Status.FAILED)

    assert inbox.prune(now=now) == 1

    assert set(WebhookEvent.objects.values_list("pk", flat=True)) == {fresh.pk, failed.pk, theirs.pk}


@pytest.mark.threads
def test_twenty_deliveries_at_once_are_one_event(committed_academy):
    results = at_once(
        20, lambda number: inbox.receive(webhook=_fact(account=committed_academy.schema_name), now=clock.now())[1]
    )

    assert sorted(results) == [False] * 19 + [True]
    WebhookEvent.objects.filter(account=committed_academy.schema_name).delete()
