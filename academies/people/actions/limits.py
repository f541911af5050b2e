"""Limits on wrong passwords. Checked where passwords are compared, so all ways of signing in share them.

Wrong passwords are counted per account and device, in the windows of the setting RATES["sign_in"]:

- `known`    from a browser or an address that the account has signed in from: wait a minute, never more;
- `address`  from any other address: wait a minute at first, then the rest of the hour;
- `account`  from all other addresses together, against attempts spread over many addresses.

So nobody can lock a person out of the devices they sign in from. On a new device, while an attack uses up the other two
limits, they still get in by resetting the password, which also makes the device known.

The shared password of a page or a collection counts as an account without known devices. Whoever has entered it before
isn't asked again, so other people's attempts can't lock them out.
"""

import hashlib
import math
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from academies.kernel.errors import RateLimited
from academies.people import queries, rules
from academies.people.facts import Device
from academies.tenants.counters import count, parse_rates

Counted = list[tuple[str, int]]


class TooManyFailures(RateLimited):
    message = _(
        "Too many wrong passwords for this account. Wait a minute, or reset your password: "
        "the link we email you works on any device."
    )


class TooManySharedFailures(RateLimited):
    message = _("Too many wrong passwords. Wait a minute and try again.")


def count_attempt(*, email: str, device: Device, now: datetime) -> Counted:
    """Count an attempt as a failure before its password is checked, so that parallel requests can't exceed the limit.

    Pass the result to `forgive_attempt` if the password was right.  email: as it is stored.
    Raises TooManyFailures; the attempt is then not counted.
    """
    account = hashlib.sha256(email.encode(errors="replace")).hexdigest()[:32]
    known = queries.known_device(email, device)
    return _count({"known": known} if known else _unknown_device(account, device), TooManyFailures, now)


def count_shared_attempt(*, name: str, device: Device, now: datetime) -> Counted:
    """Count an attempt at a shared password, as `count_attempt` does.  name: what it protects, such as "page:12".

    Raises TooManySharedFailures; the attempt is then not counted.
    """
    return _count(_unknown_device(name, device), TooManySharedFailures, now)


def forgive_attempt(counted: Counted) -> None:
    for key, seconds in counted:
        count(key, seconds, by=-1)


def _unknown_device(account: str, device: Device) -> dict[str, str]:
    return {"address": f"{account}:{rules.address_block(device.address)}", "account": account}


def _count(kinds: dict[str, str], refusal: type[RateLimited], now: datetime) -> Counted:
    counted: Counted = []
    for key, number, seconds in _windows(kinds, now):
        counted.append((key, seconds))
        if count(key, seconds) > number:
            forgive_attempt(counted)
            raise refusal(retry_after=math.ceil(seconds - now.timestamp() % seconds))
    return counted


def _windows(kinds: dict[str, str], now: datetime) -> Iterator[tuple[str, int, int]]:
    """Yield the counters of an attempt, narrowest first: key, limit, window in seconds."""
    for kind, who in kinds.items():
        for number, seconds in parse_rates(settings.RATES.get("sign_in", {}).get(kind, "")):
            yield f"sign_in:{kind}:{who}:{seconds}:{int(now.timestamp() // seconds)}", number, seconds
