"""Domain events of accounts, and the values that actions take and return."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NewPerson:
    """The fields of a sign-up form."""

    full_name: str
    email: str
    password: str
    date_of_birth: date


@dataclass(frozen=True)
class Device:
    """The device somebody signs in from.

    address: an IP address, or None if the connection has none.  token: the value of the browser's device cookie.
    """

    user_agent: str = ""
    address: str | None = None
    token: str = ""


@dataclass(frozen=True)
class Tokens:
    """The tokens an API client gets at sign-in. expires_in: lifetime of the access token in seconds."""

    access: str
    refresh: str
    expires_in: int


@dataclass(frozen=True)
class PersonJoined:
    person_id: str


@dataclass(frozen=True)
class PersonInvited:
    """by: the name of the person who invites, empty for the platform."""

    person_id: str
    role: str
    by: str
    invitation: str


@dataclass(frozen=True)
class EmailUnverified:
    """Somebody asked for another verification email."""

    person_id: str
    asked_at: str


@dataclass(frozen=True)
class PasswordResetRequested:
    """Somebody asked to reset a password. There may be no account with this email, which must not be revealed."""

    email: str
    asked_at: str


@dataclass(frozen=True)
class PasswordChanged:
    person_id: str
    at: str


@dataclass(frozen=True)
class RefreshReused:
    """A spent refresh token was used again, so it was copied. Its sign-in has been ended."""

    person_id: str
    sign_in_id: str
