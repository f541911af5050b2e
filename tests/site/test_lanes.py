"""Request lanes: waiting requests never take the threads of quick ones."""

import threading
import time
from types import SimpleNamespace

import pytest

from lyceum import lanes
from lyceum.lanes import LaneDispatcher


class Request:
    """Stands in for a waitress channel with one whole request."""

    def __init__(self, command="GET", path="/", until=None):
        self.requests = [SimpleNamespace(command=command, path=path, error=None, headers={"ACCEPT_LANGUAGE": "es"})]
        self.until, self.done = until, threading.Event()
        self.began = threading.Event()

    def service(self):
        self.thread = threading.current_thread().name
        self.began.set()
        if self.requests[0].error is None and self.until is not None:
            self.until.wait(10)
        self.done.set()


@pytest.fixture
def locked_row():
    """What those who wait wait for."""
    held = threading.Event()
    yield held
    held.set()


@pytest.fixture
def dispatcher(locked_row):
    lanes = LaneDispatcher(threads=4, writers=2)
    yield lanes
    locked_row.set()
    lanes.shutdown(5)


def _add(dispatcher, count, **what):
    requests = [Request(**what) for _ in range(count)]
    for each in requests:
        dispatcher.add_task(each)
    return requests


def test_writes_that_wait_leave_threads_to_readers(dispatcher, locked_row):
    writes = _add(dispatcher, 10, command="POST", until=locked_row)
    assert all(each.began.wait(5) for each in writes[:2])

    reads = _add(dispatcher, 20)

    assert all(each.done.wait(5) for each in reads)
    assert sum(each.began.is_set() for each in writes) == 2
    locked_row.set()
    assert all(each.done.wait(5) for each in writes)


def test_the_sign_of_life_needs_no_thread_of_the_others(dispatcher, locked_row):
    reads = _add(dispatcher, 10, until=locked_row)
    assert all(each.began.wait(5) for each in reads[:4])

    (live,) = _add(dispatcher, 1, path="/health/live")

    assert live.done.wait(5)
    assert sum(each.began.is_set() for each in reads) == 4


def test_a_write_that_found_no_thread_in_time_is_told_to_come_back(dispatcher, locked_row, monkeypatch):
    monkeypatch.setattr(lanes, "MAX_WAIT", 0.0)
    writes = _add(dispatcher, 3, command="POST", path="/api/v1/checkout/", until=locked_row)
    assert all(each.began.wait(5) for each in writes[:2])
    time.sleep(0.01)

    dispatcher.give_up()

    assert writes[2].done.wait(5)
    status, headers, body = writes[2].requests[0].error.to_response()
    assert status.startswith("503")
    assert dict(headers)["Retry-After"] == "2"
    assert b'"code":"busy"' in body
    assert b'<html lang="es"' in lanes.Busy(Request(path="/checkout/").requests[0]).to_response()[2]
    assert "No se ha cambiado nada" in body.decode()


def test_a_process_is_stuck_only_when_every_thread_is(dispatcher, locked_row):
    three = _add(dispatcher, 3, until=locked_row)
    assert all(each.began.wait(5) for each in three)
    assert not dispatcher.is_stuck(-1)

    (fourth,) = _add(dispatcher, 1, until=locked_row)

    assert fourth.began.wait(5)
    assert dispatcher.is_stuck(-1)
    assert not dispatcher.is_stuck(60)


def test_the_thread_that_worked_last_goes_on(dispatcher):
    names = set()
    for _ in range(20):
        (request,) = _add(dispatcher, 1)
        assert request.done.wait(5)
        names.add(request.thread)
        # It is done a moment before its thread sleeps.
        time.sleep(0.01)

    assert len(names) == 1


def test_of_thousands_none_is_forgotten(dispatcher):
    kinds = [{}, {"command": "POST"}, {"path": "/health/live"}]
    requests = []

    def send():
        for number in range(500):
            requests.extend(_add(dispatcher, 1, **kinds[number % 3]))

    senders = [threading.Thread(target=send) for _ in range(4)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()

    assert len(requests) == 2000
    assert all(each.done.wait(5) for each in requests)
