"""The stored response of a sign-up. It holds tokens, so it is encrypted; a spent pair isn't given out again."""

import orjson
from django.http import HttpRequest

from academies.kernel import clock
from academies.people import actions, queries
from academies.people.api_v1.base import token_pair
from academies.people.device import device_of
from commerce.checkout.encryption import decrypt, encrypt
from lyceum.models import StoredResponse

_PATHS = ("/api/v1/auth/signup/", "/api/v1/auth/register/")


def to_store(request: HttpRequest, body: bytes) -> bytes:
    """Return the body of a response as it may be stored."""
    return encrypt(body.decode()).encode() if request.path in _PATHS else body


def to_send(request: HttpRequest, stored: StoredResponse) -> bytes:
    """Return the body for a repeated request. Raises CannotDecrypt, and InvalidCredentials if the password has changed."""
    if request.path not in _PATHS:
        return bytes(stored.body)
    body = decrypt(bytes(stored.body).decode()).encode()
    if stored.status != 201 or queries.is_unspent(orjson.loads(body)["refresh_token"], clock.now()):
        return body
    return _with_new_tokens(request, stored, body)


def _with_new_tokens(request: HttpRequest, stored: StoredResponse, body: bytes) -> bytes:
    """Sign in with the password of the request. Using a spent token again would end the session that it belongs to."""
    fields = orjson.loads(request.body)
    _, tokens = actions.sign_in(
        email=fields["email"], password=fields["password"], device=device_of(request), now=clock.now()
    )
    body = orjson.dumps({**orjson.loads(body), **token_pair(tokens)})
    StoredResponse.objects.filter(pk=stored.pk).update(body=to_store(request, body))
    return body
