"""Reads and writes the objects of one account during one request."""

import json
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import stripe

from lyceum_dev.standins.stripe import errors, response_objects
from lyceum_dev.standins.stripe.store import Json, Store

_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


@dataclass(frozen=True)
class ObjectFactory:
    """now: Unix seconds.  copies: how often each webhook is sent.  hold: seconds before webhooks are sent."""

    store: Store
    account: str
    now: float
    base_url: str
    request_id: str | None = None
    idempotency_key: str | None = None
    copies: int = 1
    hold: float = 0.0
    api_version: str = field(default=stripe.api_version)

    @property
    def seconds(self) -> int:
        return int(self.now)

    def save(self, body: Json, due_at: float | None = None) -> Json:
        self.store.put(self.account, body, due_at)
        return body

    def get(self, kind: str, identifier: str, param: str | None = "id") -> Json:
        body = self.store.get(self.account, kind, identifier)
        if body is None:
            raise errors.no_such(kind, identifier, param)
        return body

    def find(self, kind: str, **fields: Any) -> Iterator[Json]:
        return self.store.newest_first(self.account, kind, **fields)

    def emit(self, kind: str, subject: Json) -> Json:
        """Store an event and queue its webhooks."""
        endpoints = [candidate for candidate in self.find("webhook_endpoint") if _wants(candidate, kind)]
        event = self.save(
            response_objects.blank(
                stripe.Event,
                id=new_id("evt_", 24),
                object="event",
                api_version=self.api_version,
                created=self.seconds,
                data={"object": response_objects.public(subject)},
                livemode=False,
                pending_webhooks=len(endpoints),
                request={"id": self.request_id, "idempotency_key": self.idempotency_key},
                type=kind,
            )
        )
        for endpoint in endpoints:
            for _ in range(self.copies):
                self.enqueue(event, endpoint["id"])
        return event

    def enqueue(self, event: Json, endpoint: str) -> None:
        self.store.run(
            "insert into deliveries (account, endpoint, event, kind, body, next_at, created)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            self.account, endpoint, event["id"], event["type"], json.dumps(event, indent=2), self.now + self.hold,
            self.now,
        )  # fmt: skip


def _wants(endpoint: Json, kind: str) -> bool:
    return endpoint["status"] == "enabled" and bool({"*", kind} & set(endpoint["enabled_events"]))
