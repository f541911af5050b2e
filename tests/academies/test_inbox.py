"""It holds that a fact from outside is stored once and handled in its own academy."""

from datetime import timedelta

import pytest
from django.db import connection

from academies.inbox import actions as inbox
from academies.inbox import registry
from academies.inbox.models import Event
from academies.kernel import clock
from tests.stage import at_once


def _fact(account: str = "north", external_id: str = "evt_1") -> inbox.Fact:
    return inbox.Fact(source="test", account=account, external_id=external_id, kind="paid", payload={"amount": 100})


@pytest.fixture
def handled(monkeypatch):
    seen = []
    monkeypatch.setitem(
        registry._handlers, "test", lambda event: seen.append((connection.schema_name, event.external_id)) or True
    )
    return seen


def test_a_repeated_fact_is_one_event(north, handled):
    event, is_new = inbox.receive(fact=_fact(), now=clock.now())

    again, new_again = inbox.receive(fact=_fact(), now=clock.now())

    assert (is_new, new_again) == (True, False)
    assert again.pk == event.pk


def test_the_same_id_from_another_academy_is_another_event(north, handled):
    ours, _ = inbox.receive(fact=_fact(), now=clock.now())

    theirs, is_new = inbox.receive(fact=_fact(account="south"), now=clock.now())

    assert is_new
    assert theirs.pk != ours.pk


def test_an_event_is_handled_once_and_again_only_on_request(north, handled):
    event, _ = inbox.receive(fact=_fact(), now=clock.now())

    for _ in range(2):
        inbox.handle(event_id=str(event.pk), now=clock.now())
    assert handled == [("north", "evt_1")]

    inbox.handle(event_id=str(event.pk), now=clock.now(), again=True)
    assert len(handled) == 2


def test_an_event_of_another_academy_isn_t_handled_here(north, handled):
    event, _ = inbox.receive(fact=_fact(account="south"), now=clock.now())

    with pytest.raises(LookupError, match="belongs to south"):
        inbox.handle(event_id=str(event.pk), now=clock.now())

    assert handled == []


def test_an_event_whose_handling_failed_is_swept_up(north, monkeypatch):
    answers = iter([OSError("provider away"), True])

    def handler(event):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setitem(registry._handlers, "test", handler)
    now = clock.now()
    event, _ = inbox.receive(fact=_fact(), now=now)

    assert inbox.handle(event_id=str(event.pk), now=now).status == Event.Status.FAILED
    inbox.sweep(now=now + timedelta(minutes=5))

    event.refresh_from_db()
    assert (event.status, event.attempts, event.error) == (Event.Status.HANDLED, 2, "")


@pytest.mark.threads
def test_twenty_deliveries_at_once_are_one_event(arena):
    answers = at_once(20, lambda number: inbox.receive(fact=_fact(account=arena.schema_name), now=clock.now())[1])

    assert sorted(answers) == [False] * 19 + [True]
    Event.objects.filter(account=arena.schema_name).delete()
