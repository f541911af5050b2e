"""Cache server frozen or down: one short timeout per process, and every request is answered."""

import time

from tests.faults.client import Ask, traffic


def _reads(deployment):
    """Return what needs the cache and the database, and not the broker, which lives in the same server."""
    return [*deployment.asks(), Ask("/courses/"), Ask("/api/v2/courses/?page=1")]


def test_a_frozen_cache_server_slows_nobody_down(deployment):
    asks = _reads(deployment)
    with traffic(deployment.port, asks) as before:
        time.sleep(2)
    with deployment.valkey.frozen(), traffic(deployment.port, asks) as seen:
        time.sleep(6)
        ready = deployment.send("GET", "/health/ready")

    assert seen.is_healthy(than=before), f"{seen}; before: {before}"
    assert (ready.status, ready.json()["checks"]["cache"]) == (503, "out of reach")
    deployment.settle()
    with traffic(deployment.port, asks) as after:
        time.sleep(2)
    assert after.is_healthy(than=before), f"{after}; before: {before}"


def test_a_cache_server_that_dies_slows_nobody_down(deployment):
    asks = _reads(deployment)
    with traffic(deployment.port, asks) as before:
        time.sleep(2)
    deployment.valkey.kill()
    try:
        with traffic(deployment.port, asks) as seen:
            time.sleep(4)
    finally:
        deployment.restart_valkey()

    assert seen.is_healthy(than=before), f"{seen}; before: {before}"
    deployment.settle()
