"""Database slow, locked, frozen or down: quick errors, and pages that don't need it stay up."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.faults.client import SLOWER, Ask, traffic

LOCK_SECONDS = 3.0


def _buy_at_once(deployment, count, **item):
    """Let so many people buy the same at one moment. Returns their replies."""
    tokens = [deployment.north.person() for _ in range(count)]
    with ThreadPoolExecutor(count) as buyers:
        return list(buyers.map(lambda token: deployment.checkout(deployment.north, token=token, **item), tokens))


def test_a_held_row_is_told_to_its_buyers_and_stops_nobody_else(deployment):
    with traffic(deployment.port, deployment.asks()) as before:
        time.sleep(2)
    with (
        deployment.holding(deployment.north, deployment.north.paid),
        traffic(deployment.port, deployment.asks()) as seen,
    ):
        bought = _buy_at_once(deployment, 12, offering=deployment.north.paid)
        elsewhere = deployment.checkout(deployment.south, offering=deployment.south.free)

    assert {(reply.status, reply.json()["code"]) for reply in bought} == {(503, "busy")}
    assert all(int(reply.headers["retry-after"]) > 0 for reply in bought)
    # Those who found no thread waited for one first.
    assert max(reply.seconds for reply in bought) < 2 * LOCK_SECONDS + 2 * SLOWER
    assert min(reply.seconds for reply in bought) < LOCK_SECONDS + SLOWER
    assert elsewhere.status == 201
    assert seen.is_healthy(than=before), f"{seen}; before: {before}"
    assert deployment.checkout(deployment.north, offering=deployment.north.paid).status == 201


def test_a_frozen_database_is_told_within_seconds_and_kept_answers_stay_quick(deployment):
    cached = [Ask("/health/live"), Ask(deployment.north.course), Ask(deployment.south.course, host="south.localhost")]
    own = Ask("/api/v1/users/me/", token=deployment.north.person())
    with traffic(deployment.port, cached) as before:
        time.sleep(2)
    with deployment.postgres.frozen(), traffic(deployment.port, cached) as seen:
        first = [own.send(deployment.port) for _ in range(2)]
        # By now every process knows.
        with ThreadPoolExecutor(8) as many:
            later = list(many.map(lambda _: own.send(deployment.port), range(16)))
        ready = deployment.send("GET", "/health/ready")

    assert {reply.status for reply in (*first, *later)} == {503}
    assert all(reply.json()["code"] == "unavailable" and reply.headers["retry-after"] for reply in later)
    assert max(reply.seconds for reply in first) < 3 + 2 * SLOWER
    assert sorted(reply.seconds for reply in later)[len(later) // 2] < SLOWER
    assert (ready.status, ready.seconds < 2 * SLOWER) == (503, True)
    assert seen.is_healthy(than=before), f"{seen}; before: {before}"
    deployment.settle()
    assert own.send(deployment.port).status == 200


def test_a_database_that_restarts_costs_503_and_no_order_twice(deployment):
    key, buyer = uuid.uuid4().hex, deployment.north.person()
    own = Ask("/api/v1/users/me/", token=deployment.north.person())
    deployment.web.forget_lines()
    deployment.postgres.kill()
    try:
        away = deployment.checkout(deployment.north, token=buyer, key=key, offering=deployment.north.paid)
        page = deployment.send(
            "GET", "/my/orders/", headers={"Cookie": f"sessionid={uuid.uuid4().hex}", "Accept": "text/html"}
        )
        many = [own.send(deployment.port) for _ in range(20)]
        live = deployment.send("GET", "/health/live")
        cached = deployment.send("GET", deployment.north.course)
    finally:
        deployment.restart_postgres()

    assert (away.status, away.json()["code"]) == (503, "unavailable")
    assert away.headers["retry-after"]
    assert (page.status, b"Traceback" in page.body, b"<h1>" in page.body) == (503, False, True)
    assert {reply.status for reply in many} == {503}
    assert (live.status, cached.status) == (200, 200)
    assert max(reply.seconds for reply in (away, page, live, cached, *many)) < 2 * SLOWER
    assert deployment.web.output().count("Traceback") <= 4
    deployment.settle()
    again = [
        deployment.checkout(deployment.north, token=buyer, key=key, offering=deployment.north.paid) for _ in range(2)
    ]
    assert {reply.status for reply in again} == {201}
    assert len({reply.json()["order"]["id"] for reply in again}) == 1
    assert own.send(deployment.port).status == 200


def test_connections_that_break_are_noticed_by_no_reader(deployment):
    own = [
        Ask("/api/v1/users/me/", token=deployment.north.person()),
        Ask("/api/v1/orders/", token=deployment.south.person(), host=deployment.south.host),
    ]
    broken = 0
    with traffic(deployment.port, own, clients=6, pause=0.0) as seen, deployment.connect() as connection:
        connection.autocommit = True
        for _ in range(6):
            broken += connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            ).fetchone()[0]
            time.sleep(0.7)

    assert broken > 6
    assert seen.bad() == []
    assert len(seen.replies) > 30
