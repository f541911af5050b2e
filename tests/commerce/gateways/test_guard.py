"""Circuit breaker around the gateway: a provider that hangs costs a few requests a few seconds."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any

import pytest

from academies.kernel.breaker import Breaker, State
from commerce.gateways.guard import Busy, GuardedGateway, Limits, Slots, time_limit
from commerce.gateways.port import Gateway, GatewayRefused, GatewayUnavailable


class Provider:
    """Answers what `says` does."""

    name = "fake"

    def __init__(self, says: Callable[[], Any]) -> None:
        self.says, self.calls = says, 0

    def read(self, reference: str) -> Any:
        self.calls += 1
        return self.says()

    expire = refund = open_session = ensure_webhook = read

    def recent_payments(self, since: Any) -> Iterator[Any]:
        self.calls += 1
        yield self.says()

    def read_event(self, headers: Any, body: bytes) -> Any:
        return "event"


def make_breaker(failures: int = 3) -> Breaker:
    return Breaker("provider", failures=failures, pause=0.3)


def guard(
    provider: Provider, *, seconds: float = 0.2, at_once: int = 2, breaker: Breaker | None = None
) -> GuardedGateway:
    adapter: Any = provider
    return GuardedGateway(
        adapter,
        breaker=breaker or make_breaker(),
        limits=Limits(seconds, Slots(at_once, wait=0.05)),
    )


@pytest.fixture
def hanging() -> Iterator[Provider]:
    over = Event()
    yield Provider(lambda: over.wait(10))
    over.set()


def _raise(error: Exception) -> Any:
    raise error


def took(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    with suppress(GatewayUnavailable):
        call()
    return time.perf_counter() - began


def test_it_fits_the_port_and_passes_answers_on():
    guarded = guard(Provider(lambda: "paid"))

    assert isinstance(guarded, Gateway)
    assert guarded.read("cs_1") == "paid"
    assert list(guarded.recent_payments(None)) == ["paid"]  # type: ignore[arg-type]
    assert guarded.read_event({}, b"") == "event"


def test_a_call_ends_in_time_whatever_the_adapter_waits_for(hanging):
    guarded = guard(hanging, seconds=0.2)

    assert 0.15 < took(lambda: guarded.read("cs_1")) < 1
    with pytest.raises(GatewayUnavailable):
        guarded.read("cs_1")


def test_calls_of_one_block_share_its_time():
    slow = Provider(lambda: time.sleep(0.15))
    guarded = guard(slow, seconds=0.2)

    def three() -> None:
        with time_limit(0.25):
            for _ in range(3):
                guarded.read("cs_1")

    with pytest.raises(GatewayUnavailable):
        three()
    assert slow.calls == 2


def test_no_more_calls_run_at_once_than_there_are_places(hanging):
    guarded = guard(hanging, seconds=0.5, at_once=2, breaker=make_breaker(99))

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: took(lambda: guarded.read("cs_1")), range(8)))

    assert hanging.calls == 2
    assert sorted(waits)[5] < 0.4, "those without a place are told so at once"
    with pytest.raises(Busy):
        guarded.read("cs_1")


def test_a_place_is_free_again_when_its_call_has_ended():
    over = Event()
    guarded = guard(Provider(lambda: over.wait(10)), seconds=0.1, at_once=1, breaker=make_breaker(99))
    with pytest.raises(GatewayUnavailable):
        guarded.read("cs_1")
    with pytest.raises(Busy):
        guarded.read("cs_1")

    over.set()
    time.sleep(0.05)

    assert guarded.read("cs_1") is True


def test_after_failures_in_a_row_callers_are_told_at_once_when_to_come_back(hanging):
    guarded = guard(hanging, seconds=0.05, at_once=9)
    for _ in range(3):
        with pytest.raises(GatewayUnavailable):
            guarded.read("cs_1")

    with pytest.raises(GatewayUnavailable) as refused:
        guarded.read("cs_1")

    assert hanging.calls == 3
    assert refused.value.retry_after >= 1
    assert took(lambda: guarded.read("cs_1")) < 0.02


def test_a_provider_that_is_back_is_found_by_one_probe():
    answers: list[Callable[[], Any]] = [lambda: _raise(GatewayUnavailable()) for _ in range(3)]
    provider = Provider(lambda: answers.pop(0)() if answers else "paid")
    breaker = make_breaker()
    guarded = guard(provider, breaker=breaker)
    for _ in range(4):
        with pytest.raises(GatewayUnavailable):
            guarded.read("cs_1")
    assert provider.calls == 3

    time.sleep(0.35)

    assert [guarded.read("cs_1"), guarded.read("cs_1")] == ["paid", "paid"]
    assert breaker.state == State.CLOSED


def test_an_answer_that_comes_too_late_does_not_close_the_breaker():
    breaker = make_breaker()
    guarded = guard(Provider(lambda: time.sleep(0.1)), seconds=0.02, at_once=9, breaker=breaker)
    for _ in range(3):
        with pytest.raises(GatewayUnavailable):
            guarded.read("cs_1")

    time.sleep(0.15)

    assert breaker.state == State.OPEN


def test_a_refusal_is_an_answer():
    breaker = make_breaker()
    guarded = guard(Provider(lambda: _raise(GatewayRefused("not_found", "No such page."))), breaker=breaker)

    for _ in range(5):
        with pytest.raises(GatewayRefused):
            guarded.read("cs_1")

    assert breaker.state == State.CLOSED


def test_where_nobody_waits_only_the_breaker_holds():
    adapter: Any = Provider(lambda: time.sleep(0.1) or "paid")
    patient = GuardedGateway(adapter, breaker=Breaker("provider", failures=1, pause=9), limits=None)
    with time_limit(0.01):
        assert patient.read("cs_1") == "paid"

    adapter.says = lambda: _raise(GatewayUnavailable())
    for _ in range(3):
        with pytest.raises(GatewayUnavailable):
            list(patient.recent_payments(None))  # type: ignore[arg-type]

    assert adapter.calls == 2
