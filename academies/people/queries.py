"""Queries for sign-ins, profiles and known devices."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import F, QuerySet, Value

from academies.kernel import codes
from academies.people import device_digests
from academies.people.facts import Device
from academies.people.models import BrowserSession, KnownDevice, Profile, RefreshToken, SignIn, User
from academies.people.tokens import Claims

_SIGN_IN = list(SignIn._meta.concrete_fields)
_PERSON = list(User._meta.concrete_fields)
_COLUMNS = ", ".join(
    [*(f"sign_in.{field.column}" for field in _SIGN_IN), *(f"person.{field.column}" for field in _PERSON)]
)
_LIVE = f"""
SELECT {_COLUMNS}
FROM people_signin sign_in JOIN people_user person ON person.id = sign_in.person_id
WHERE sign_in.id = %s AND sign_in.person_id = %s AND sign_in.revoked_at IS NULL AND person.is_active
"""


def live_sign_in(claims: Claims) -> SignIn | None:
    """Return the sign-in of an access token with its person, or None if it was ended. One query.

    Written in SQL: it runs at every request with a token, and the ORM took three times as long to build the query as
    PostgreSQL to answer it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [claims.sign_in_id, claims.person_id])
        row = cursor.fetchone()
    if row is None:
        return None
    sign_in: SignIn = _loaded(SignIn, _SIGN_IN, row[: len(_SIGN_IN)])
    sign_in.person = _loaded(User, _PERSON, row[len(_SIGN_IN) :])
    return sign_in


def _loaded(model: Any, fields: list[Any], values: tuple[Any, ...]) -> Any:
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in fields], values)


def is_unspent(refresh_token: str, now: datetime) -> bool:
    """Return whether a refresh token is valid."""
    living = RefreshToken.objects.filter(spent_at=None, expires_at__gt=now, sign_in__revoked_at=None)
    return living.filter(digest=codes.digest(refresh_token), sign_in__person__is_active=True).exists()


def active_sign_ins(person: User, now: datetime) -> QuerySet[Any, Any]:
    """Return a person's active sessions, API clients and browsers, last used first. One query.

    Dictionaries with `id`, `kind` (`program` with tokens, or `browser` with a cookie) and the columns of both tables.
    """
    columns = ("id", "kind", "user_agent", "address", "created_at", "last_used_at")
    programs = SignIn.objects.filter(person=person, revoked_at=None).annotate(kind=Value("program"))
    browsers = (
        BrowserSession.objects.filter(person=person, place__isnull=False, expire_date__gt=now)
        .annotate(id=F("place"), kind=Value("browser"))
        .values(*columns)
    )
    return programs.values(*columns).union(browsers, all=True).order_by("-last_used_at", "id")


def profile_of(person: User) -> Profile:
    """Return a person's profile, or an unsaved one with the defaults."""
    return Profile.objects.filter(person=person).first() or Profile(person=person)


def has_verified_email(person: User) -> bool:
    return EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists()


def known_device(email: str, device: Device) -> str:
    """Return the digest under which an account knows a device, or an empty string. One query.

    The browser comes before the IP address, which others may share. The same work is done for an unknown email.
    """
    digests = device_digests.digests(email, device)
    known = set(KnownDevice.objects.filter(person__email=email, digest__in=digests).values_list("digest", flat=True))
    return next((digest for digest in digests if digest in known), "")
