"""Webhooks: signed, sent in the background, retried with back-off until the response is 2xx."""

import hashlib
import hmac
import http.client
import sqlite3
import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from urllib.parse import urlsplit

from lyceum_dev.standins.stripe.endpoints import KIND, is_local
from lyceum_dev.standins.stripe.services import Services

TIMEOUT_SECONDS = 15
GIVES_UP_AFTER = 3 * 24 * 3600
# Stripe waits up to hours between retries; in development the web server is back within a minute.
LONGEST_PAUSE = 60.0


def signature(secret: str, body: str, at: int) -> str:
    """Return the Stripe-Signature header. Source: Stripe docs, "Verify webhook signatures manually"."""
    mac = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


class WebhookSender:
    """One thread selects due messages, a few others send them. Each endpoint gets one message at a time.

    retry_base: seconds before the first retry, doubled for each further one.
    """

    def __init__(self, services: Services, retry_base: float = 1.0) -> None:
        self._world = services
        self._retry_base = retry_base
        self._wake = threading.Event()
        self._stopping = False
        self._busy: set[str] = set()
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="webhook_sender")
        self._thread = threading.Thread(target=self._loop, name="webhook_sender", daemon=True)
        services.store.after_commit = self.wake

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join(5)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _loop(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                self._world.tick()
                self._send_due()
                pause = self._pause()
            except Exception:
                # Print the error and try again, so that webhooks don't stop for good.
                traceback.print_exc()
                pause = 1.0
            self._wake.wait(pause)

    def _pause(self) -> float:
        """Return the seconds until a message is due. Adding or finishing one wakes the thread earlier."""
        if self._world.faults.paused or self._busy:
            return 1.0
        rows = self._world.store.run(
            "select min(at) as at from (select min(next_at) as at from deliveries where state = 'pending'"
            " union all select min(due_at) from objects where due_at is not null)"
        )
        return 5.0 if rows[0]["at"] is None else min(5.0, max(0.01, rows[0]["at"] - self._world.clock.now()))

    def _send_due(self) -> None:
        if self._world.faults.paused:
            return
        rows = self._world.store.run(
            "select * from deliveries where state = 'pending' and next_at <= ? order by endpoint, id limit 500",
            self._world.clock.now(),
        )
        for endpoint, batch in groupby(rows, key=lambda row: str(row["endpoint"])):
            if endpoint not in self._busy:
                self._busy.add(endpoint)
                self._pool.submit(self._carry, endpoint, self._world.faults.sorted(list(batch)))

    def _carry(self, endpoint: str, batch: Sequence[sqlite3.Row]) -> None:
        try:
            for row in batch:
                if self._stopping or self._world.faults.paused:
                    return
                self._deliver(row)
        finally:
            self._busy.discard(endpoint)
            self.wake()

    def _deliver(self, row: sqlite3.Row) -> None:
        endpoint = self._world.store.get(row["account"], KIND, row["endpoint"])
        if endpoint is None or endpoint["status"] != "enabled":
            self._note(row, "abandoned", None, "the endpoint is gone or disabled")
            return
        try:
            status, error = _post(endpoint["url"], row["body"], endpoint["_secret"]), None
        except (OSError, http.client.HTTPException, ValueError) as problem:
            status, error = None, f"{type(problem).__name__}: {problem}"
        if status is not None and 200 <= status < 300:
            self._note(row, "delivered", status, None)
            self._count_down(row)
            return
        over = self._world.clock.now() - row["created"] > GIVES_UP_AFTER
        self._note(row, "failed" if over else "pending", status, error)

    def _note(self, row: sqlite3.Row, state: str, status: int | None, error: str | None) -> None:
        pause = min(self._retry_base * 2 ** min(row["attempts"], 40), LONGEST_PAUSE)
        self._world.store.run(
            "update deliveries set state = ?, attempts = attempts + 1, status = ?, error = ?, next_at = ? where id = ?",
            state, status, error, self._world.clock.now() + pause, row["id"],
        )  # fmt: skip

    def _count_down(self, row: sqlite3.Row) -> None:
        factory = self._world.factory(row["account"])
        event = self._world.store.get(row["account"], "event", row["event"])
        if event and event["pending_webhooks"]:
            factory.save(event | {"pending_webhooks": event["pending_webhooks"] - 1})


def _post(url: str, body: str, secret: str) -> int:
    """Send one message and return the status. Names under .localhost are this machine, without DNS."""
    if not is_local(url):
        raise ValueError("only this machine is written to")
    parts = urlsplit(url)
    host = parts.hostname or ""
    address = "127.0.0.1" if host.rstrip(".").lower().endswith("localhost") else host
    connection = http.client.HTTPConnection(address, parts.port or 80, timeout=TIMEOUT_SECONDS)
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        # Real time, not the stand-in's clock: the receiver's clock isn't moved.
        "Stripe-Signature": signature(secret, body, int(time.time())),
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body.encode(), headers)
        answer = connection.getresponse()
        answer.read(65536)
        return answer.status
    finally:
        connection.close()
