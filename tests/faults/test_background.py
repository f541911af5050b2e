"""Background work during faults: nothing is lost and no request waits."""

import time
from concurrent.futures import ThreadPoolExecutor

import redis
from celery import Celery

from tests.faults.client import SLOWER, traffic
from tests.faults.processes import eventually

PROVIDER_SECONDS = 5.0
# What piles up at the broker while no worker is there.
TICKS = 1000


def test_a_provider_that_hangs_is_told_stops_nobody_else_and_is_paid_later(deployment):
    buyers = [deployment.north.person() for _ in range(12)]
    plan = deployment.north.plan
    with traffic(deployment.port, deployment.asks()) as before:
        time.sleep(2)
    deployment.stripe.faults(delay_seconds=20)
    try:
        with traffic(deployment.port, deployment.asks()) as seen, ThreadPoolExecutor(len(buyers)) as many:
            bought = list(many.map(lambda token: deployment.checkout(deployment.north, token=token, plan=plan), buyers))
    finally:
        deployment.stripe.faults(delay_seconds=0)

    assert {(reply.status, reply.json()["code"]) for reply in bought} == {(503, "payment_provider_unavailable")}
    assert all(int(reply.headers["retry-after"]) > 0 for reply in bought)
    assert max(reply.seconds for reply in bought) < PROVIDER_SECONDS + 2 * SLOWER
    assert seen.is_healthy(than=before), f"{seen}; before: {before}"
    page = f"/api/v1/orders/{bought[0].json()['order']}/pay/"
    eventually(lambda: deployment.send("POST", page, token=buyers[0]).status == 200, 40, "the order can't be paid")


def test_what_the_provider_told_before_it_went_away_is_handled_when_it_is_back(clock):
    page = clock.checkout(clock.north, plan=clock.north.plan).json()["payment"]["url"]
    clock.stripe.faults(fail={"times": 10_000, "status": 500})
    try:
        clock.stripe.pay(page)
        eventually(lambda: _events(clock, "waits_for_source") > 0, 40, "no event waits for the provider")
    finally:
        clock.stripe.faults(fail={"times": 0})

    eventually(lambda: _events(clock, "next_attempt_at IS NOT NULL") == 0, 90, "events still wait for the provider")
    assert _events(clock, "status = 'failed'") == 0


def _events(deployment, which):
    with deployment.connect() as connection:
        return connection.execute(f"SELECT count(*) FROM public.inbox_event WHERE {which}".encode()).fetchone()[0]


def test_a_frozen_broker_costs_a_request_little(deployment):
    before = deployment.checkout(deployment.north, offering=deployment.north.free)
    with deployment.valkey.frozen():
        bought = deployment.checkout(deployment.north, offering=deployment.north.free)

    assert bought.status == 201
    assert bought.seconds < before.seconds + SLOWER


def test_what_somebody_waits_for_is_done_before_what_piled_up(deployment):
    url = deployment.environment["BROKER_URL"]
    with redis.Redis.from_url(url) as broker, Celery(broker=url, set_as_current=False) as sender:
        for _ in range(TICKS):
            sender.send_task("learning.close_overdue", queue="sweeps", headers={"academy": deployment.north.schema})
        deployment.checkout(deployment.north, offering=deployment.north.free)
        assert broker.llen("urgent") > 0
        deployment.start_worker()
        try:
            eventually(lambda: broker.llen("urgent") == 0, 30, "urgent messages are not taken")

            assert broker.llen("sweeps") > TICKS / 2
        finally:
            deployment.worker.stop()
            broker.delete("sweeps")
