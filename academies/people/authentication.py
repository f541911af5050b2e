"""Authenticate a request by the access token in its Authorization header, in one query."""

from django.db import connection
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from academies.people import queries, tokens
from academies.people.models import SignIn, User


def bearer(header: bytes) -> str | None:
    """Return the bearer token of an Authorization header, or None for another scheme."""
    scheme, _, token = header.partition(b" ")
    if scheme.lower() != b"bearer":
        return None
    return token.strip().decode("latin-1")


class BearerAuthentication(BaseAuthentication):
    """Queries the sign-in at each request, so that signing out, a new password or a deactivation take effect at once."""

    def authenticate(self, request: Request) -> tuple[User, SignIn] | None:
        token = bearer(get_authorization_header(request))
        if token is None:
            return None
        claims = tokens.read(token, academy=connection.schema_name)
        sign_in = queries.live_sign_in(claims)
        if sign_in is None:
            raise tokens.InvalidToken()
        return sign_in.person, sign_in

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
