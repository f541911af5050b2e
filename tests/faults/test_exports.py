"""Exports: constant memory for any length, without blocking other requests."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.faults.client import send, traffic
from tests.faults.processes import megabytes_of

ORDERS = 15_000
# Held at once they took nine kilobytes each.
MEGABYTES = 50
FIRST = 10_000_000


@contextmanager
def many_orders(deployment) -> Iterator[None]:
    """Copy one order many times over, for the length of a block."""
    deployment.checkout(deployment.north, offering=deployment.north.free)
    with deployment.connect() as connection:
        named = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'north' AND"
            " table_name = 'checkout_order' AND column_name NOT IN ('id', 'number')"
        ).fetchall()
        others = ", ".join(name for (name,) in named)
        connection.execute(
            f"INSERT INTO north.checkout_order (id, number, {others}) SELECT gen_random_uuid(), {FIRST} + n, {others}"
            f" FROM (SELECT * FROM north.checkout_order WHERE status = 'paid' LIMIT 1) one, generate_series(1, {ORDERS}) n"
        )
    try:
        yield
    finally:
        with deployment.connect() as connection:
            connection.execute(f"DELETE FROM north.checkout_order WHERE number > {FIRST}")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_long_exports_fill_no_memory_and_stop_nobody(deployment, kind):
    def export(_: int):
        cookie = {"Cookie": f"sessionid={deployment.north.finance}"}
        return send(
            deployment.port, "GET", f"/admin/checkout/order/?export={kind}", headers=cookie, timeout=120,
        )  # fmt: skip

    with many_orders(deployment):
        export(0)
        held = {pid: megabytes_of(pid) for pid in deployment.web.pids()}
        with traffic(deployment.port, deployment.asks()) as seen, ThreadPoolExecutor(2) as many:
            exports = list(many.map(export, range(2)))
        grown = {pid: megabytes_of(pid) - before for pid, before in held.items()}

    assert [reply.status for reply in exports] == [200, 200]
    assert kind == "xlsx" or all(reply.body.count(b"\r\n") > ORDERS for reply in exports)
    assert max(grown.values()) < MEGABYTES
    assert seen.is_healthy(), seen
