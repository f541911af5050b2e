"""What goes wrong on purpose: switches that tests flip."""

import random
from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass
class Fault:
    """A number of coming API requests to upset. path: a prefix; method: "" for any."""

    times: int
    status: int = 500
    path: str = "/v1/"
    method: str = ""
    retry_after: int | None = None

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and path.startswith(self.path) and self.method in ("", method)


@dataclass
class Faults:
    """delay_seconds: before acting.  fail: answer with an error before acting.  drop: act, then hang up.

    paused, copies, order ("created", "reversed", "shuffled"): how webhooks leave.
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
        """Seconds that webhooks wait for each other, so that there is something to reorder."""
        return 0.0 if self.order == "created" else 0.15

    def takes(self, fault: Fault, method: str, path: str) -> bool:
        """Say whether this request is one of those to upset, and count it."""
        with self._lock:
            if not fault.fits(method, path):
                return False
            fault.times -= 1
            return True

    def sorted(self, rows: list[Any]) -> list[Any]:
        if self.order == "reversed":
            return rows[::-1]
        return random.sample(rows, len(rows)) if self.order == "shuffled" else rows

    def api(self, given: dict[str, Any]) -> None:
        """Set what happens to API requests. Raises TypeError, ValueError for what is no such switch."""
        if unknown := set(given) - {"delay_seconds", "fail", "drop"}:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        fail = Fault(**given["fail"]) if "fail" in given else self.fail
        drop = Fault(**given["drop"]) if "drop" in given else self.drop
        self.delay_seconds, self.fail, self.drop = float(given.get("delay_seconds", self.delay_seconds)), fail, drop

    def webhooks(self, given: dict[str, Any]) -> None:
        """Set how webhooks leave. Raises TypeError, ValueError for what is no such switch."""
        if unknown := set(given) - {"paused", "copies", "order"}:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        if given.get("order", self.order) not in ("created", "reversed", "shuffled"):
            raise ValueError("order is created, reversed or shuffled")
        self.copies = max(1, int(given.get("copies", self.copies)))
        self.order = given.get("order", self.order)
        self.paused = bool(given.get("paused", self.paused))

    def clear(self) -> None:
        self.api({"delay_seconds": 0, "fail": {"times": 0}, "drop": {"times": 0}})
        self.webhooks({"paused": False, "copies": 1, "order": "created"})
