"""Access tokens: signed, short-lived (ACCESS_TOKEN_MINUTES), valid only in the academy that issued them."""

import functools
import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from academies.kernel.errors import Unauthenticated

logger = logging.getLogger(__name__)

_ISSUER = "lyceum"
_ALGORITHM = "HS256"
_CLAIMS = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"]


class InvalidToken(Unauthenticated):
    code = "invalid_token"
    title = _("Invalid token")
    message = _("This access token is invalid or has expired. Refresh it, or sign in again.")


@dataclass(frozen=True)
class Claims:
    person_id: uuid.UUID
    sign_in_id: uuid.UUID


def lifetime() -> timedelta:
    return timedelta(minutes=settings.ACCESS_TOKEN_MINUTES)


@functools.cache
def _key(secret: str) -> bytes:
    # A separate key, so that a signature made for cookies or links is never valid for a token, or the other way round.
    return salted_hmac("lyceum.access-token", "key", secret=secret, algorithm="sha256").digest()


def issue(*, person_id: uuid.UUID, sign_in_id: uuid.UUID, academy: str, now: datetime) -> str:
    """Return a signed token.  academy: the schema name, used as the audience."""
    claims = {
        "iss": _ISSUER,
        "aud": academy,
        "sub": str(person_id),
        "sid": str(sign_in_id),
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime()).timestamp()),
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode(claims, _key(settings.SECRET_KEY), algorithm=_ALGORITHM)


def read(token: str, *, academy: str) -> Claims:
    """Return the claims of a token. Raises InvalidToken if it is forged, expired or another academy's."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            claims, ends_at = _verified(token, academy, secret)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidAudienceError:
            logger.warning("an access token of another academy was shown in %s", academy)
            break
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError):
            break
        if ends_at <= time.time():
            break
        return claims
    raise InvalidToken()


@functools.lru_cache(maxsize=2048)
def _verified(token: str, academy: str, secret: str) -> tuple[Claims, int]:
    """Return the claims of a token and its expiry. Cached, because clients send the same token many times.

    A verified token becomes invalid only by expiring; its sign-in is checked at each request anyway.
    """
    claims = jwt.decode(
        token,
        _key(secret),
        algorithms=[_ALGORITHM],
        audience=academy,
        issuer=_ISSUER,
        options={"require": _CLAIMS, "strict_aud": True},
    )
    return Claims(uuid.UUID(claims["sub"]), uuid.UUID(claims["sid"])), int(claims["exp"])
