"""Rate limits, by what a door is for: `throttle_scope` on the view names a line of the setting RATES.

Counting is one atomic increment, before anything costly such as hashing a password. A lost cache server doesn't open the
doors: each process then counts for itself.
"""

import hashlib
import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from academies.people.rules import normal_email

logger = logging.getLogger(__name__)

_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400}
_SAFE = ("GET", "HEAD", "OPTIONS")


class _Local:
    """Counts of this process, for as long as the cache server is gone."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: dict[str, int] = {}

    def add(self, key: str, by: int) -> int:
        with self.lock:
            if len(self.counts) > 50_000:
                self.counts.clear()
            self.counts[key] = self.counts.get(key, 0) + by
            return self.counts[key]


_local = _Local()


def count(key: str, seconds: int, by: int = 1) -> int:
    """Add to a counter of the current academy that lives for a window of time. Returns what it stands at."""
    shared = getattr(cache, "count", None)
    if shared is not None:
        try:
            return shared(key, by, seconds * 2)
        except RedisError:
            logger.exception("the cache server counts nothing; this process counts for itself")
    return _local.add(f"{connection.schema_name}:{key}", by)


def rate_of(view: Any, request: Request, kind: str) -> tuple[str, int, int] | None:
    """Return scope, number and seconds of the limit for this door, or None. Reading has no limit of its own."""
    scope = getattr(view, "throttle_scope", "") or ("" if request.method in _SAFE else "write")
    told = settings.RATES.get(scope, {}).get(kind)
    if not told:
        return None
    number, _, unit = told.partition("/")
    return scope, int(number), _SECONDS[unit]


class _Rate(BaseThrottle):
    kind = ""
    _wait: float = 0

    def who(self, request: Request) -> str | None:
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        rate = rate_of(view, request, self.kind)
        who = self.who(request) if rate else None
        if rate is None or who is None:
            return True
        scope, number, seconds = rate
        moment = time.time()
        key = f"rate:{scope}:{self.kind}:{who}:{int(moment // seconds)}"
        self._wait = seconds - moment % seconds
        if count(key, seconds) <= number:
            self.passed(request, key, seconds)
            return True
        return False

    def passed(self, request: Request, key: str, seconds: int) -> None:
        pass

    def wait(self) -> float:
        return self._wait


class AddressRate(_Rate):
    """So many in a window from one address; a whole /64 of IPv6 is one."""

    kind = "address"

    def who(self, request: Request) -> str | None:
        told = request.META.get("REMOTE_ADDR", "")
        try:
            address = ipaddress.ip_address(told)
        except ValueError:
            return told
        return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


class AccountRate(_Rate):
    """So many in a window for one account: the person who is signed in, or the e-mail in the body."""

    kind = "account"

    def who(self, request: Request) -> str | None:
        if request.user and request.user.is_authenticated:
            return str(request.user.pk)
        email = request.data.get("email") if isinstance(request.data, dict) else None
        if not isinstance(email, str):
            return None
        return hashlib.sha256(normal_email(email).encode(errors="replace")).hexdigest()[:32]


class FailureRate(AccountRate):
    """So many failures in a window for one account. Counted beforehand, so that a parallel burst can't outrun it."""

    kind = "failures"

    def passed(self, request: Request, key: str, seconds: int) -> None:
        request._request.counted_failure = (key, seconds)  # type: ignore[attr-defined]


class GiveBackMiddleware:
    """What was counted as a failure and went well is taken off again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        counted: Any = getattr(request, "counted_failure", None)
        if counted and answer.status_code < 400:
            count(*counted, by=-1)
        return answer
