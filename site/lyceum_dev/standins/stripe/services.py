"""The shared objects of a running stand-in."""

from pathlib import Path

from lyceum_dev.standins.stripe import refunds, sessions
from lyceum_dev.standins.stripe.clock import Clock
from lyceum_dev.standins.stripe.faults import Faults
from lyceum_dev.standins.stripe.object_factory import ObjectFactory
from lyceum_dev.standins.stripe.store import Store


class Services:
    """state: the folder of the data, or None for memory."""

    def __init__(self, state: Path | None = None) -> None:
        self.store = Store(state)
        self.clock = Clock(float(self.store.setting("clock", "0")))
        self.faults = Faults()

    def factory(
        self, account: str, base_url: str = "", request_id: str | None = None, idempotency_key: str | None = None
    ) -> ObjectFactory:
        return ObjectFactory(
            store=self.store,
            account=account,
            now=self.clock.now(),
            base_url=base_url,
            request_id=request_id,
            idempotency_key=idempotency_key,
            copies=self.faults.copies,
            hold=self.faults.hold,
        )

    def tick(self) -> None:
        """Do what is due: expire sessions, complete slow refunds."""
        if not self.store.due(self.clock.now()):
            return
        with self.store.transaction():
            for account, body in self.store.due(self.clock.now()):
                act = sessions.close if body["object"] == sessions.KIND else refunds.settle
                act(self.factory(account), body)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.store.set("clock", str(self.clock.offset))
        self.tick()
        self.store.after_commit()

    def reset(self) -> None:
        with self.store.transaction():
            self.store.forget()
            self.store.set("clock", "0")
        self.clock.offset = 0.0
        self.faults.clear()
