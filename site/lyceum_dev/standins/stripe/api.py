"""Handles an API request: account, faults, parameters, idempotency, handler."""

import base64
import binascii
import hashlib
import json
import re
import time
from threading import Lock

import stripe

from lyceum_dev.standins.stripe import errors, expand, form_decoding, params, routes
from lyceum_dev.standins.stripe.errors import ApiError
from lyceum_dev.standins.stripe.http import Request, Response, as_json
from lyceum_dev.standins.stripe.object_factory import new_id
from lyceum_dev.standins.stripe.services import Services
from lyceum_dev.standins.stripe.store import Json

_KEY = re.compile(r"^(?:sk|rk)_test_([A-Za-z0-9_]{1,100})$")
LONGEST_KEY = 255
KEPT_SECONDS = 24 * 3600


class Api:
    def __init__(self, services: Services) -> None:
        self._world = services
        self._in_flight: set[tuple[str, str]] = set()
        self._lock = Lock()

    def answer(self, request: Request) -> Response:
        request_id = new_id("req_", 14)
        try:
            answer = self._answer(request, request_id)
        except ApiError as error:
            answer = as_json(error.status, error.body)
        answer.headers |= {"Request-Id": request_id, "Stripe-Version": stripe.api_version}
        return answer

    def _answer(self, request: Request, request_id: str) -> Response:
        account = _account(request)
        faults = self._world.faults
        if faults.takes(faults.fail, request.method, request.path):
            return _failure(faults.fail.status, faults.fail.retry_after)
        self._world.tick()
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        answer = self._once(request, request_id, account, key) if key else self._act(request, request_id, account, "")
        answer.dropped = faults.takes(faults.drop, request.method, request.path)
        return answer

    def _once(self, request: Request, request_id: str, account: str, key: str) -> Response:
        """Run the handler, unless there is a stored response for the idempotency key. Validation errors aren't stored."""
        if len(key) > LONGEST_KEY:
            raise errors.invalid(f"Idempotency keys can have up to {LONGEST_KEY} characters.")
        with self._lock:
            if (account, key) in self._in_flight:
                message = "There is currently another in-progress request using this Stripe-Idempotency-Key."
                raise ApiError(409, message, kind="idempotency_error", code="idempotency_key_in_use")
            self._in_flight.add((account, key))
        try:
            remembered = self._remembered(request, account, key)
            return remembered or self._act(request, request_id, account, key)
        finally:
            with self._lock:
                self._in_flight.discard((account, key))

    def _remembered(self, request: Request, account: str, key: str) -> Response | None:
        sql = "select * from answers where account = ? and key = ? and created > ?"
        rows = self._world.store.run(sql, account, key, self._world.clock.now() - KEPT_SECONDS)
        if not rows:
            return None
        if rows[0]["fingerprint"] != _fingerprint(request):
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise ApiError(400, message, kind="idempotency_error")
        headers = {"Content-Type": "application/json", "Idempotent-Replayed": "true"}
        return Response(rows[0]["status"], rows[0]["body"].encode(), headers)

    def _act(self, request: Request, request_id: str, account: str, key: str) -> Response:
        match = routes.find(request.method, request.path)
        if match is None:
            message = f"Unrecognized request URL ({request.method}: {request.path})."
            raise ApiError(404, message)
        route, identifiers = match
        arguments = params.check(route.params, form_decoding.decode(_encoded(request)))
        if self._world.faults.delay_seconds:
            time.sleep(self._world.faults.delay_seconds)
        store = self._world.store
        factory = self._world.factory(account, request.base_url, request_id, key or None)
        try:
            with store.transaction():
                paths = arguments.pop("expand", [])
                body = expand.expanded(factory, _card_error(route.handler(factory, arguments, *identifiers)), paths)
                status = 402 if "error" in body else 200
                self._remember(request, account, key, status, body)
        except ApiError as refusal:
            status, body = refusal.status, refusal.body
            with store.transaction():
                self._remember(request, account, key, status, body)
        return as_json(status, body)

    def _remember(self, request: Request, account: str, key: str, status: int, body: Json) -> None:
        if key:
            self._world.store.run(
                "insert or replace into answers values (?, ?, ?, ?, ?, ?)",
                account, key, _fingerprint(request), status, json.dumps(body, indent=2), self._world.clock.now(),
            )  # fmt: skip


def _encoded(request: Request) -> str:
    try:
        body = request.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise errors.invalid("Invalid request: the body is not UTF-8.") from error
    return "&".join(part for part in (request.query, body) if part)


def _fingerprint(request: Request) -> str:
    parts = sorted(_encoded(request).split("&"))
    return hashlib.sha256(" ".join([request.method, request.path, *parts]).encode()).hexdigest()


def _account(request: Request) -> str:
    """Return the account of an API key. Raises ApiError 401 for a missing key and for one that isn't a test key."""
    if "stripe-account" in request.headers:
        raise ApiError(403, "The stand-in does not do Connect: leave the Stripe-Account header out.")
    key = _key(request.headers.get("authorization", ""))
    if not key:
        message = "You did not provide an API key. Provide it in the Authorization header, as a Bearer token."
        raise ApiError(401, message)
    matched = _KEY.match(key)
    if not matched:
        raise ApiError(401, f"Invalid API Key provided: {key[:8]}{'*' * 8}. The stand-in takes sk_test_<account>.")
    return matched[1]


def _key(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode().split(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _card_error(body: Json) -> Json:
    """Return the API's error for an intent whose card was declined."""
    if body.get("_status") != 402:
        return body
    intent = {name: value for name, value in body.items() if not name.startswith("_")}
    return {"error": {**intent["last_payment_error"], "payment_intent": intent}}


def _failure(status: int, retry_after: int | None) -> Response:
    if status == 429:
        body = {"error": {"message": "Too many requests.", "type": "invalid_request_error", "code": "rate_limit"}}
    else:
        body = {"error": {"message": "An error happened on our side, on purpose.", "type": "api_error"}}
    return as_json(status, body, **({"Retry-After": str(retry_after)} if retry_after else {}))
