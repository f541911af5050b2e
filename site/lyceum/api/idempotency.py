"""Repeated POSTs: the same Idempotency-Key gets the same response for a day, and nothing happens twice."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from academies.kernel import clock
from academies.kernel.errors import Conflict, IdempotencyKeyReused, Invalid, Refusal
from academies.people import queries as people
from academies.people import tokens
from academies.people.authentication import bearer
from commerce.checkout.encryption import CannotDecrypt
from lyceum.api import errors, stored_credentials
from lyceum.models import StoredResponse

STORED_FOR = timedelta(hours=24)
# No request takes longer: what has been in flight for more was left by a process that died.
IN_FLIGHT = timedelta(seconds=60)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
# These respond with secrets and charge nothing.
_NEVER_STORED = ("/api/v1/auth/login/", "/api/v1/auth/refresh/")
# The same request may succeed next time.
_TRANSIENT = (401, 408, 425, 429)


class StillWorking(Conflict):
    code = "in_flight"
    title = _("Still working")
    message = _("The first request with this Idempotency-Key is still being worked on. Ask again in a moment.")


class IdempotencyMiddleware:
    """Acts on POST /api/v1/ with the header. A key belongs to a person, or to an address when nobody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is None or request.method != "POST" or not request.path.startswith("/api/v1/"):
            return self.get_response(request)
        if request.path in _NEVER_STORED:
            return self.get_response(request)
        try:
            if not _KEY.fullmatch(key):
                raise Invalid(gettext("An Idempotency-Key has 1 to 255 visible ASCII characters."))
            claims = _claims(request)
            return self._once(request, key, _owner(request, claims), claims)
        except Refusal as refusal:
            return errors.problem_response(refusal)

    def _once(self, request: HttpRequest, key: str, owner: str, claims: tokens.Claims | None) -> HttpResponse:
        now = clock.now()
        own = StoredResponse(owner=owner, key=key, fingerprint=_fingerprint(request), created_at=now)
        stored = _claim(own)
        if stored is None:
            return self._respond_and_store(request, own)
        if stored.fingerprint != own.fingerprint:
            raise IdempotencyKeyReused()
        if stored.status is None:
            raise StillWorking()
        if claims and people.live_sign_in(claims) is None:
            raise tokens.InvalidToken()
        return self._replay(request, stored)

    def _replay(self, request: HttpRequest, stored: StoredResponse) -> HttpResponse:
        try:
            body = stored_credentials.to_send(request, stored)
        except CannotDecrypt:
            # The encryption key has changed since. The account exists, and the view says so.
            return self.get_response(request)
        response = HttpResponse(body, status=stored.status, content_type=stored.content_type)
        response["Idempotent-Replayed"] = "true"
        return response

    def _respond_and_store(self, request: HttpRequest, own: StoredResponse) -> HttpResponse:
        is_stored = False
        try:
            response = self.get_response(request)
            is_stored = _store(request, own, response)
            return response
        finally:
            if not is_stored:
                _in_flight(own).delete()


def _claims(request: HttpRequest) -> tokens.Claims | None:
    token = bearer(request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace"))
    if token is None:
        return None
    try:
        return tokens.read(token, academy=connection.schema_name)  # type: ignore[attr-defined]
    except tokens.InvalidToken:
        # The view itself refuses it.
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
    text = f"{request.method} {request.get_full_path()} {request.content_type}\n".encode() + body
    return hashlib.sha256(text).hexdigest()


def _claim(own: StoredResponse) -> StoredResponse | None:
    """Take the key for this request. Returns None on success, or the row that holds the key already."""
    try:
        with transaction.atomic():
            own.save(force_insert=True)
        return None
    except IntegrityError:
        stored = StoredResponse.objects.filter(owner=own.owner, key=own.key).first()
    if stored is None:
        # The other request failed between the two steps, and this one may try.
        raise StillWorking()
    if _has_expired(stored, own.created_at) and _take_over(stored, own):
        return None
    return stored


def _has_expired(stored: StoredResponse, now: datetime) -> bool:
    if stored.status is None and stored.created_at <= now - IN_FLIGHT:
        return True
    return stored.created_at <= now - STORED_FOR


def _take_over(stored: StoredResponse, own: StoredResponse) -> bool:
    """Make an expired row this request's own. Of many at once one succeeds: the time it was created at is compared."""
    updated = StoredResponse.objects.filter(pk=stored.pk, created_at=stored.created_at).update(
        fingerprint=own.fingerprint, status=None, body=b"", content_type="", created_at=own.created_at
    )
    own.pk = stored.pk
    return bool(updated)


def _in_flight(own: StoredResponse) -> QuerySet[StoredResponse]:
    return StoredResponse.objects.filter(pk=own.pk, created_at=own.created_at, status=None)


def _store(request: HttpRequest, own: StoredResponse, response: HttpResponse) -> bool:
    if response.status_code >= 500 or response.status_code in _TRANSIENT or response.streaming:
        return False
    content_type = response.get("Content-Type", "")[:80]
    body = stored_credentials.to_store(request, response.content)
    return bool(_in_flight(own).update(status=response.status_code, body=body, content_type=content_type))


def purge(*, now: datetime) -> int:
    """Delete expired responses. Returns how many."""
    deleted, _ = StoredResponse.objects.filter(created_at__lte=now - STORED_FOR).delete()
    return deleted
