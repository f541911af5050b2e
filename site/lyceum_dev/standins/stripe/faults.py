"""Deliberate faults, which tests switch on."""

import random
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass
class Fault:
    """A fault for a number of API requests. path: a prefix; method: "" for any."""

    times: int
    status: int = 500
    path: str = "/v1/"
    method: str = ""
    retry_after: int | None = None

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and path.startswith(self.path) and self.method in ("", method)


@dataclass
class Faults:
    """delay_seconds: before handling.  fail: return an error before handling.  drop: handle, then close the connection.

    paused, copies, order ("created", "reversed", "shuffled"): how webhooks are sent.
    """

    delay_seconds: float = 0.0
    fail: Fault = field(default_factory=lambda: Fault(0))
    drop: Fault = field(default_factory=lambda: Fault(0))
    paused: bool = False
    copies: int = 1
    order: str = "created"
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def hold(self) -> float:
        """Seconds that webhooks are collected before they are reordered."""
        return 0.0 if self.order == "created" else 0.15

    def takes(self, fault: Fault, method: str, path: str) -> bool:
        """Return whether the fault applies to this request, and count it."""
        with self._lock:
            if not fault.fits(method, path):
                return False
            fault.times -= 1
            return True

    def sorted(self, rows: list[Any]) -> list[Any]:
        if self.order == "reversed":
            return rows[::-1]
        return random.sample(rows, len(rows)) if self.order == "shuffled" else rows

    def api(self, switches: dict[str, Any]) -> None:
        """Set the faults of API requests. Raises TypeError, ValueError for an unknown switch."""
        if unknown := set(switches) - {"delay_seconds", "fail", "drop"}:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        fail = Fault(**switches["fail"]) if "fail" in switches else self.fail
        drop = Fault(**switches["drop"]) if "drop" in switches else self.drop
        self.delay_seconds, self.fail, self.drop = float(switches.get("delay_seconds", self.delay_seconds)), fail, drop

    def webhooks(self, switches: dict[str, Any]) -> None:
        """Set how webhooks are sent. Raises TypeError, ValueError for an unknown switch."""
        if unknown := set(switches) - {"paused", "copies", "order"}:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        if switches.get("order", self.order) not in ("created", "reversed", "shuffled"):
            raise ValueError("order is created, reversed or shuffled")
        self.copies = max(1, int(switches.get("copies", self.copies)))
        self.order = switches.get("order", self.order)
        self.paused = bool(switches.get("paused", self.paused))

    def clear(self) -> None:
        self.api({"delay_seconds": 0, "fail": {"times": 0}, "drop": {"times": 0}})
        self.webhooks({"paused": False, "copies": 1, "order": "created"})
