"""Circuit breaker: when it opens, half-opens and closes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from academies.kernel import breaker as module
from academies.kernel.breaker import Breaker, State


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("provider", "north", failures=3, pause=10, clock=clock)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.admits()
        breaker.failed()


def test_failures_in_a_row_open_it_and_a_success_between_starts_the_count_again(breaker):
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert (breaker.state, breaker.admits(), breaker.retry_after()) == (State.CLOSED, True, 0)

    breaker.failed()

    assert (breaker.state, breaker.admits(), breaker.retry_after()) == (State.OPEN, False, 10)


def test_after_the_pause_one_of_many_callers_is_the_probe(breaker, clock):
    fail(breaker, 3)
    clock.seconds = 10

    with ThreadPoolExecutor(8) as pool:
        admitted = sum(pool.map(lambda _: breaker.admits(), range(40)))

    assert (admitted, breaker.state) == (1, State.HALF_OPEN)


def test_an_answered_probe_closes_it_and_a_failed_one_opens_it_again(breaker, clock):
    fail(breaker, 3)
    clock.seconds = 10
    fail(breaker, 1)
    assert (breaker.state, breaker.retry_after()) == (State.OPEN, 10)

    clock.seconds = 20
    assert breaker.admits()
    breaker.succeeded()

    assert breaker.state == State.CLOSED
    fail(breaker, 2)
    assert breaker.admits()


def test_a_probe_that_never_reports_is_followed_by_another(breaker, clock):
    fail(breaker, 3)
    clock.seconds = 10
    assert breaker.admits()
    assert not breaker.admits()

    clock.seconds = 20

    assert breaker.admits()


def test_watchers_hear_each_change_once(breaker, clock, monkeypatch):
    heard: list[tuple[State, State]] = []
    monkeypatch.setattr(module, "watchers", [lambda changed, former: heard.append((former, changed.state))])

    fail(breaker, 4 - 1)
    clock.seconds = 10
    breaker.admits()
    breaker.succeeded()
    breaker.succeeded()

    assert heard == [
        (State.CLOSED, State.OPEN),
        (State.OPEN, State.HALF_OPEN),
        (State.HALF_OPEN, State.CLOSED),
    ]
