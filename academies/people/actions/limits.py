"""How many passwords may be guessed. Asked at the one place where a password is compared, so every way in shares it.

Wrong passwords are counted per account and place, in windows of the setting RATES["sign_in"]:

- `known`    from a browser or an address that the account signed in from before: a minute's wait, never a stop;
- `address`  from any other address: first a minute's wait, then the rest of the hour;
- `account`  from all other addresses together: what a guess spread over many addresses may reach.

So nobody can shut a person out of the places where she signs in: strangers only use up what strangers have. From a new
place, while others use that up, she still gets in with the link of "I forgot my password", and the new place is known.

The password that many share for a page or a collection is counted as an account that has no known places. Whoever has
entered it before isn't asked again, so strangers can't shut them out.
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
        "Too many wrong passwords for this account. Wait a minute, or choose a new password: "
        "the link we email you lets you in from anywhere."
    )


class TooManySharedFailures(RateLimited):
    message = _("Too many wrong passwords. Wait a minute and try again.")


def count_attempt(*, email: str, device: Device, now: datetime) -> Counted:
    """Count an attempt as a failure before its password is looked at, so that a parallel burst can't outrun the limit.

    Returns what `give_back` takes off when the password was right.  email: as it is stored.
    Raises TooManyFailures; then nothing was counted.
    """
    account = hashlib.sha256(email.encode(errors="replace")).hexdigest()[:32]
    place = queries.known_device(email, device)
    return _count({"known": place} if place else _strangers(account, device), TooManyFailures, now)


def count_shared_attempt(*, name: str, device: Device, now: datetime) -> Counted:
    """Count an attempt at a shared password, as `count_attempt` does.  name: of what it opens, such as "page:12".

    Raises TooManySharedFailures; then nothing was counted.
    """
    return _count(_strangers(name, device), TooManySharedFailures, now)


def forgive_attempt(counted: Counted) -> None:
    for key, seconds in counted:
        count(key, seconds, by=-1)


def _strangers(account: str, device: Device) -> dict[str, str]:
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
    """Yield the counters of an attempt: key, limit and seconds, the narrowest first."""
    for kind, who in kinds.items():
        for number, seconds in parse_rates(settings.RATES.get("sign_in", {}).get(kind, "")):
            yield f"sign_in:{kind}:{who}:{seconds}:{int(now.timestamp() // seconds)}", number, seconds
