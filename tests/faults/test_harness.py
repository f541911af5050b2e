"""The deployment under test is complete before any fault."""

import time

from tests.faults.client import traffic
from tests.faults.processes import state_of


def test_ordinary_requests_are_answered_well(deployment):
    with traffic(deployment.port, deployment.asks()) as seen:
        time.sleep(2)

    assert seen.is_healthy(), seen
    assert len(seen.replies) > 10


def test_somebody_buys_a_seat(deployment):
    bought = deployment.checkout(deployment.north, offering=deployment.north.paid)

    assert bought.status == 201, bought
    assert bought.json()["payment"]["url"].startswith(deployment.stripe.base_url)


def test_a_frozen_process_goes_on_afterwards(deployment):
    with deployment.valkey.frozen():
        states = {state_of(pid) for pid in deployment.valkey.pids()}

    assert states == {"T"}
    assert deployment.is_ready()


def test_the_worker_delivers_what_was_deferred(worker):
    with worker.connect() as connection:
        # What another test left undelivered waits for the clock.
        began = connection.execute("SELECT clock_timestamp()").fetchone()[0].isoformat()
        waiting = f"SELECT count(*) FROM north.outbox_message WHERE delivered_at IS NULL AND created_at > '{began}'"
        worker.checkout(worker.north, offering=worker.north.free)
        until = time.monotonic() + 20
        while connection.execute(waiting).fetchone()[0] and time.monotonic() < until:
            connection.rollback()
            time.sleep(0.1)

        assert connection.execute(waiting).fetchone() == (0,)
