"""A repeated sign-up: its answer holds tokens, so it is kept sealed, and a pair that was used since isn't handed out again."""

import orjson
from django.http import HttpRequest

from academies.kernel import clock
from academies.people import actions, queries
from academies.people.api_v1.base import token_pair
from academies.people.device import device_of
from commerce.checkout.encryption import decrypt, encrypt
from lyceum.models import IdempotentAnswer

_PATHS = ("/api/v1/auth/signup/", "/api/v1/auth/register/")


def closed(request: HttpRequest, body: bytes) -> bytes:
    """Return an answer as it may be stored."""
    return encrypt(body.decode()).encode() if request.path in _PATHS else body


def opened(request: HttpRequest, kept: IdempotentAnswer) -> bytes:
    """Return what a repeat is answered with. Raises CannotDecrypt, InvalidCredentials when the password has changed since."""
    if request.path not in _PATHS:
        return bytes(kept.body)
    body = decrypt(bytes(kept.body).decode()).encode()
    if kept.status != 201 or queries.is_unspent(orjson.loads(body)["refresh_token"], clock.now()):
        return body
    return _anew(request, kept, body)


def _anew(request: HttpRequest, kept: IdempotentAnswer, body: bytes) -> bytes:
    """Sign in with the password that was sent. A spent token shown again would end the sign-in it belongs to."""
    asked = orjson.loads(request.body)
    _, tokens = actions.sign_in(
        email=asked["email"], password=asked["password"], device=device_of(request), now=clock.now()
    )
    body = orjson.dumps({**orjson.loads(body), **token_pair(tokens)})
    IdempotentAnswer.objects.filter(pk=kept.pk).update(body=closed(request, body))
    return body
