"""Repeated POSTs: the same Idempotency-Key gets the same answer for a day, and nothing happens twice."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse

from academies.kernel import clock
from academies.kernel.errors import Conflict, IdempotencyKeyReused, Invalid, Refusal
from academies.people import queries as people
from academies.people import tokens
from academies.people.authentication import bearer
from commerce.checkout.encryption import CannotDecrypt
from lyceum.api import errors, sign_up_again
from lyceum.models import IdempotentAnswer

KEPT = timedelta(hours=24)
# Nobody works on one request for longer: what is in flight since then was left by a process that died.
IN_FLIGHT = timedelta(seconds=60)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
# These answer with secrets and charge nothing: they are never stored.
_NEVER = ("/api/v1/auth/login/", "/api/v1/auth/refresh/")
# Answers that the same request may get better next time.
_PASSING = (401, 408, 425, 429)


class StillWorking(Conflict):
    code = "in_flight"
    title = "Still working"
    message = "The first request with this Idempotency-Key is still being worked on. Ask again in a moment."


class IdempotencyMiddleware:
    """Acts on POST /api/v1/ with the header. A key belongs to a person, or to an address when nobody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is None or request.method != "POST" or not request.path.startswith("/api/v1/"):
            return self.get_response(request)
        if request.path in _NEVER:
            return self.get_response(request)
        try:
            if not _KEY.fullmatch(key):
                raise Invalid("An Idempotency-Key has 1 to 255 visible ASCII characters.")
            claims = _claims(request)
            return self._once(request, key, _owner(request, claims), claims)
        except Refusal as refusal:
            return errors.problem_response(refusal)

    def _once(self, request: HttpRequest, key: str, owner: str, claims: tokens.Claims | None) -> HttpResponse:
        now = clock.now()
        asked = IdempotentAnswer(owner=owner, key=key, fingerprint=_fingerprint(request), created_at=now)
        kept = _claim(asked)
        if kept is None:
            return self._work(request, asked)
        if kept.fingerprint != asked.fingerprint:
            raise IdempotencyKeyReused()
        if kept.status is None:
            raise StillWorking()
        if claims and people.live_sign_in(claims) is None:
            raise tokens.InvalidToken()
        return self._again(request, kept)

    def _again(self, request: HttpRequest, kept: IdempotentAnswer) -> HttpResponse:
        try:
            body = sign_up_again.opened(request, kept)
        except CannotDecrypt:
            # Its key has been changed since. The account is there, and the door says so.
            return self.get_response(request)
        answer = HttpResponse(body, status=kept.status, content_type=kept.content_type)
        answer["Idempotent-Replayed"] = "true"
        return answer

    def _work(self, request: HttpRequest, mine: IdempotentAnswer) -> HttpResponse:
        kept = False
        try:
            answer = self.get_response(request)
            kept = _keep(request, mine, answer)
            return answer
        finally:
            if not kept:
                _mine(mine).delete()


def _claims(request: HttpRequest) -> tokens.Claims | None:
    token = bearer(request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace"))
    if token is None:
        return None
    try:
        return tokens.read(token, academy=connection.schema_name)
    except tokens.InvalidToken:
        # The door itself refuses it, in its own words.
        return None


def _owner(request: HttpRequest, claims: tokens.Claims | None) -> str:
    if claims:
        return str(claims.person_id)
    if request.user.is_authenticated:
        return str(request.user.pk)
    return f"anonymous:{request.META.get('REMOTE_ADDR', '')}"[:64]


def _fingerprint(request: HttpRequest) -> str:
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise Invalid("The body is too large.") from error
    said = f"{request.method} {request.get_full_path()} {request.content_type}\n".encode() + body
    return hashlib.sha256(said).hexdigest()


def _claim(asked: IdempotentAnswer) -> IdempotentAnswer | None:
    """Take the key for this request. Returns None when it is ours, or what stands there already."""
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
        return None
    except IntegrityError:
        kept = IdempotentAnswer.objects.filter(owner=asked.owner, key=asked.key).first()
    if kept is None:
        # It went between the two steps: its request failed, and this one may try.
        raise StillWorking()
    if _is_over(kept, asked.created_at) and _take_over(kept, asked):
        return None
    return kept


def _is_over(kept: IdempotentAnswer, now: datetime) -> bool:
    if kept.status is None and kept.created_at <= now - IN_FLIGHT:
        return True
    return kept.created_at <= now - KEPT


def _take_over(kept: IdempotentAnswer, asked: IdempotentAnswer) -> bool:
    """Make a row that is over this request's own. Of many at once, one succeeds: the moment it was made is compared."""
    taken = IdempotentAnswer.objects.filter(pk=kept.pk, created_at=kept.created_at).update(
        fingerprint=asked.fingerprint, status=None, body=b"", content_type="", created_at=asked.created_at
    )
    asked.pk = kept.pk
    return bool(taken)


def _mine(asked: IdempotentAnswer):  # type: ignore[no-untyped-def]
    return IdempotentAnswer.objects.filter(pk=asked.pk, created_at=asked.created_at, status=None)


def _keep(request: HttpRequest, mine: IdempotentAnswer, answer: HttpResponse) -> bool:
    if answer.status_code >= 500 or answer.status_code in _PASSING or answer.streaming:
        return False
    kind = answer.get("Content-Type", "")[:80]
    body = sign_up_again.closed(request, answer.content)
    return bool(_mine(mine).update(status=answer.status_code, body=body, content_type=kind))


def purge(*, now: datetime) -> int:
    """Delete answers that are over. Returns how many."""
    deleted, _ = IdempotentAnswer.objects.filter(created_at__lte=now - KEPT).delete()
    return deleted
