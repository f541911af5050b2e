"""What happens to accounts, as told to other rooms; and the small values that actions take and return."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NewPerson:
    """What somebody who signs up says about themselves."""

    full_name: str
    email: str
    password: str
    date_of_birth: date


@dataclass(frozen=True)
class Device:
    """Where somebody signs in.

    address: an IP address, or None when the connection has none.  token: what the browser's device cookie holds.
    """

    user_agent: str = ""
    address: str | None = None
    token: str = ""


@dataclass(frozen=True)
class Tokens:
    """What a program gets when somebody signs in. expires_in: seconds that the access token lives."""

    access: str
    refresh: str
    expires_in: int


@dataclass(frozen=True)
class PersonJoined:
    person_id: str


@dataclass(frozen=True)
class PersonInvited:
    """by: the name of who invites, empty for the platform."""

    person_id: str
    role: str
    by: str
    invitation: str


@dataclass(frozen=True)
class EmailUnverified:
    """Somebody asked for another letter that proves their address."""

    person_id: str
    asked_at: str


@dataclass(frozen=True)
class PasswordResetRequested:
    """Somebody asked for a new password. There may be no account at the address; asking must not tell."""

    email: str
    asked_at: str


@dataclass(frozen=True)
class PasswordChanged:
    person_id: str
    at: str


@dataclass(frozen=True)
class RefreshReused:
    """A spent refresh token came back: it was copied. Its sign-in has been ended."""

    person_id: str
    sign_in_id: str
