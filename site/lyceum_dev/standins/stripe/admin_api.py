"""Endpoints for tests under /_control/, available only with --control."""

import json
from typing import Any

from lyceum_dev.standins.stripe.http import Request, Response, as_json
from lyceum_dev.standins.stripe.services import Services
from lyceum_dev.standins.stripe.store import Json


class AdminApi:
    """GET clock, faults, deliveries.  POST clock, faults, webhooks, redeliver, reset.  DELETE faults."""

    def __init__(self, services: Services) -> None:
        self._world = services

    def answer(self, request: Request) -> Response:
        name = f"{request.method.lower()}_{request.path.removeprefix('/_control/').strip('/')}"
        act = getattr(self, name, None) if name in _NAMES else None
        if act is None:
            return as_json(404, {"error": f"No such control: {request.method} {request.path}"})
        # Web pages of other sites can't send this content type without CORS.
        if request.method == "POST" and not request.headers.get("content-type", "").startswith("application/json"):
            return as_json(415, {"error": "Send JSON."})
        try:
            body = json.loads(request.body or b"{}")
            return as_json(200, act(body))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return as_json(400, {"error": f"{type(error).__name__}: {error}"})

    def get_clock(self, body: Json) -> Json:
        return {"now": self._world.clock.now(), "offset_seconds": self._world.clock.offset}

    def post_clock(self, body: Json) -> Json:
        seconds = float(body["advance_seconds"])
        if seconds < 0:
            raise ValueError("the clock goes forward only")
        self._world.advance(seconds)
        return self.get_clock({})

    def get_faults(self, body: Json) -> Json:
        faults = self._world.faults
        return {
            "delay_seconds": faults.delay_seconds,
            "fail": vars(faults.fail),
            "drop": vars(faults.drop),
            "paused": faults.paused,
            "copies": faults.copies,
            "order": faults.order,
        }

    def post_faults(self, body: Json) -> Json:
        self._world.faults.api(body)
        return self.get_faults({})

    def delete_faults(self, body: Json) -> Json:
        self._world.faults.clear()
        self._world.store.after_commit()
        return self.get_faults({})

    def post_webhooks(self, body: Json) -> Json:
        self._world.faults.webhooks(body)
        self._world.store.after_commit()
        return self.get_faults({})

    def get_deliveries(self, body: Json) -> Json:
        rows = self._world.store.run(
            "select id, account, endpoint, event, kind, state, attempts, status, error, created, next_at"
            " from deliveries order by id"
        )
        return {"data": [dict(row) for row in rows]}

    def post_redeliver(self, body: Json) -> Json:
        """Send an event again to all its endpoints."""
        event: Any = body["event"]
        sql = "select distinct account, endpoint from deliveries where event = ?"
        endpoints = self._world.store.run(sql, str(event))
        with self._world.store.transaction():
            for row in endpoints:
                factory = self._world.factory(row["account"])
                factory.enqueue(factory.get("event", str(event)), row["endpoint"])
        return {"redelivered": len(endpoints)}

    def post_reset(self, body: Json) -> Json:
        self._world.reset()
        return {}


_NAMES = frozenset(name for name in vars(AdminApi) if name.startswith(("get_", "post_", "delete_")))
