"""Outbox: deferred work runs after commit, at least once, whatever happens to the broker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from kombu.exceptions import OperationalError

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.outbox import registry
from academies.outbox.models import Message
from academies.tenants import broker
from catalog.courses.models import CoursePage
from catalog.library.models import AcademyDocument
from tests.fixtures import catalog_factory
from tests.fixtures.concurrency import at_once


@dataclass(frozen=True)
class BreadBaked:
    loaves: int


# What the handlers below do; each test sets its own.
WORK: dict[str, Callable[..., object]] = {}


@registry.handler("test.work")
def _work(**payload):
    WORK["test.work"](**payload)


@registry.handler("test.failing")
def _failing_work():
    raise OSError("mail server away")


@registry.handler("test.slow")
def _slow_work():
    WORK["test.slow"]()


@registry.handler("test.quick")
def _quick_work():
    WORK["test.quick"]()


@pytest.fixture
def handled(monkeypatch):
    """The payloads that the handler of `test.work` was called with."""
    seen: list[dict] = []
    monkeypatch.setitem(WORK, "test.work", lambda **payload: seen.append(payload))
    return seen


@pytest.fixture(autouse=True)
def working_breaker():
    """No test finds the broker given up by the one before."""
    yield
    broker.breaker.succeeded()


@pytest.fixture
def sent_tasks(monkeypatch):
    """A broker that notes what it was sent, with the academy of the moment."""
    sent_tasks: list[tuple[str, str]] = []
    monkeypatch.setattr(
        broker.current_app, "send_task", lambda name, **kwargs: sent_tasks.append((connection.schema_name, name))
    )
    return sent_tasks


def test_work_is_sent_after_commit_and_only_then(north, handled, sent_tasks, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        outbox.later("test.work", payload={"loaves": 2})
        assert sent_tasks == []

    assert sent_tasks == [("north", "outbox.deliver")]
    assert outbox.drain() == 1
    assert handled == [{"loaves": 2}]
    assert outbox.drain() == 0


def test_work_of_a_transaction_that_failed_is_never_done(north, handled):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.later("test.work")
        _ = 1 / 0

    outbox.drain()
    assert handled == []


def test_a_lost_broker_loses_no_work(north, handled, monkeypatch, django_capture_on_commit_callbacks):
    def down(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(broker.current_app, "send_task", down)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.later("test.work", payload={"loaves": 1})

    outbox.sweep(now=clock.now())

    assert handled == [{"loaves": 1}]


def test_a_file_that_wagtail_wants_deleted_goes_even_when_the_broker_was_away(
    north, monkeypatch, tmp_path, settings, django_capture_on_commit_callbacks
):
    """Nobody listens at that port: the real Celery, its connection refused."""
    settings.MEDIA_ROOT = tmp_path
    document = AcademyDocument.objects.create(title="Recipe", file=ContentFile(b"rye", "recipe.txt"))
    outbox.drain()
    nobody = Celery(broker="redis://127.0.0.1:1/0", set_as_current=False)
    open_to = broker.producer_pool
    monkeypatch.setattr(broker, "producer_pool", lambda app: open_to(nobody))

    with django_capture_on_commit_callbacks(execute=True):
        document.delete()

    assert Path(tmp_path, "north", document.file.name).exists()
    assert Message.objects.get(delivered_at=None).name == "outbox.background"
    outbox.sweep(now=clock.now())
    assert not Path(tmp_path, "north", document.file.name).exists()


def test_a_page_is_found_when_it_is_published_and_neither_that_nor_reading_it_leaves_work(north):
    course = catalog_factory.course("Rye for beginners")

    seen = Client(headers={"host": "north.localhost"}).get("/courses/rye-for-beginners/")

    assert seen.status_code == 200
    assert list(CoursePage.objects.search("beginners")) == [course]
    assert not Message.objects.filter(name="outbox.background").exists()


def test_what_was_delivered_long_ago_is_forgotten_unless_its_key_keeps_another_out(north, handled):
    outbox.later("test.work", payload={"loaves": 1})
    outbox.later("test.work", key="order:1")
    outbox.drain()
    undelivered = outbox.later("test.work", due_at=clock.now() + timedelta(days=90))

    assert outbox.purge(now=clock.now() + timedelta(days=29)) == 0
    assert outbox.purge(now=clock.now() + timedelta(days=31)) == 1

    assert {message.key for message in Message.objects.all()} == {"order:1", None}
    assert Message.objects.filter(pk=undelivered.pk).exists()


def test_one_key_is_one_message(north, handled):
    first = outbox.later("test.work", key="order:1")

    again = outbox.later("test.work", key="order:1")

    assert first is not None
    assert again is None
    assert Message.objects.count() == 1


def test_work_that_fails_is_tried_again_later(north, monkeypatch):
    tries = []

    def fails_once():
        tries.append(1)
        if len(tries) == 1:
            raise OSError("mail server away")

    monkeypatch.setitem(WORK, "test.work", fails_once)
    message = outbox.later("test.work")
    now = clock.now()

    outbox.deliver(message_id=str(message.pk), now=now)
    message.refresh_from_db()
    assert (message.delivered_at, message.attempts) == (None, 1)
    assert "mail server away" in message.error
    assert outbox.sweep(now=now) == 0

    assert outbox.sweep(now=now + timedelta(minutes=1)) == 1
    message.refresh_from_db()
    assert message.delivered_at is not None
    assert len(tries) == 2


def test_work_that_has_failed_for_ever_holds_nobody_up(north, handled):
    now = clock.now()
    lost = outbox.later("test.failing")
    Message.objects.filter(pk=lost.pk).update(attempts=60, due_at=now - timedelta(days=1))
    outbox.later("test.work")

    assert outbox.sweep(now=clock.now()) == 2

    lost.refresh_from_db()
    assert handled == [{}]
    assert (lost.attempts, lost.leased_until) == (61, None)
    assert lost.due_at > now + timedelta(minutes=59)


def test_a_sweep_that_outlasts_its_lease_leaves_the_rest_leased(north, monkeypatch):
    leases, began = [], clock.now()

    with time_machine.travel(began, tick=False) as time:

        def slow():
            time.shift(outbox.LEASE.total_seconds() + 1)
            leased = Message.objects.exclude(leased_until=None).get()
            leases.append(leased.leased_until > clock.now())

        def quick():
            leased = Message.objects.exclude(leased_until=None).get()
            leases.append(leased.leased_until > clock.now())

        monkeypatch.setitem(WORK, "test.slow", slow)
        monkeypatch.setitem(WORK, "test.quick", quick)
        outbox.later("test.slow", due_at=began - timedelta(seconds=1))
        outbox.later("test.quick")
        outbox.sweep(now=clock.now())

    assert leases == [False, True]


def test_a_dead_worker_s_lease_ends(north, handled):
    message = outbox.later("test.work")
    now = clock.now()
    Message.objects.filter(pk=message.pk).update(leased_until=now + outbox.LEASE)

    assert outbox.deliver(message_id=str(message.pk), now=now) is False
    assert outbox.deliver(message_id=str(message.pk), now=now + outbox.LEASE + timedelta(seconds=1)) is True
    assert len(handled) == 1


def test_every_listener_hears_a_fact(north):
    heard = []
    registry.listener(BreadBaked)(lambda fact: heard.append(("first", fact)))
    registry.listener(BreadBaked)(lambda fact: heard.append(("second", fact)))

    outbox.publish(BreadBaked(loaves=3))
    outbox.drain()

    assert heard == [("first", BreadBaked(3)), ("second", BreadBaked(3))]


def test_work_nobody_does_is_kept_as_an_error(north):
    message = outbox.later("test.unknown")

    outbox.drain()

    message.refresh_from_db()
    assert message.delivered_at is None
    assert "nobody handles" in message.error


@pytest.mark.threads
def test_many_workers_do_one_message_once(committed_academy, monkeypatch):
    handled = []
    monkeypatch.setitem(WORK, "test.work", lambda: handled.append(1))
    message = outbox.later("test.work")

    at_once(12, lambda number: outbox.deliver(message_id=str(message.pk), now=clock.now()))

    assert handled == [1]
