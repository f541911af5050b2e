"""Money as integer minor units and an ISO 4217 code. No floats, no assumed number of decimals."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

# Numbers of decimals in ISO 4217 other than two.
_EXPONENTS = {code: 0 for code in "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split()}
_EXPONENTS |= {code: 3 for code in "BHD IQD JOD KWD LYD OMR TND".split()}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
# The maximum of an integer column.
LARGEST_MINOR = 2**31 - 1


def sign(currency: str) -> str:
    """Return the symbol of a currency, or its code if it has none."""
    return _SIGNS.get(currency, currency)


def exponent(currency: str) -> int:
    """Return the number of decimals of a currency: 0, 2 or 3.  Source: ISO 4217, list one."""
    return _EXPONENTS.get(currency, 2)


def smallest_payment(currency: str) -> int:
    """Return the smallest payable step in minor units: card networks require the last of three decimals to be 0."""
    return 10 if exponent(currency) == 3 else 1


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units (pence; yen have no minor unit) of one currency."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount_minor * times, self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} don't add up")
        return other.amount_minor

    @property
    def major(self) -> Decimal:
        return Decimal(self.amount_minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        digits = exponent(self.currency)
        # Whole amounts are shown without ".00".
        number = f"{self.major:,.{0 if self.amount_minor % 10**digits == 0 else digits}f}"
        own_sign = _SIGNS.get(self.currency)
        return f"{own_sign}{number}" if own_sign else f"{number} {self.currency}"

    def as_json(self) -> dict[str, int | str]:
        return {"amount_minor": self.amount_minor, "currency": self.currency}


def share(*, total_minor: int, percent: Decimal, step: int = 1) -> int:
    """Return a percentage of an amount, rounded half up to a multiple of `step`.

    percent: 0 to 100; raises ValueError outside that range.  step: in minor units, see `smallest_payment`.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent must be 0 to 100, not {percent}")
    return step * int((Decimal(total_minor) * percent / 100 / step).quantize(Decimal(1), ROUND_HALF_UP))


class UnreadableAmount(ValueError):
    """Text that can't be read as an amount of a currency. reason: selects the error message."""

    Reason = Literal["not_a_number", "negative", "other_currency", "too_many_decimals", "ambiguous", "too_large"]

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


# Digits, in groups of three or not, and perhaps decimals: 1234, 1,234.50, 1 234,50.
_AMOUNT = re.compile(
    r"(?P<whole>[0-9]*|[1-9][0-9]{0,2}(?:(?P<group>[,. '’])[0-9]{3})(?:(?P=group)[0-9]{3})*)"
    r"(?:(?P<point>[,.])(?P<decimals>[0-9]*))?"
)


def parse_amount(text: str, *, currency: str, decimal_separator: str) -> int:
    """Return an amount that a person typed, such as "39.50", "39,50", "£1,234" or "1 234", in minor units.

    decimal_separator: that of the person's language. It is used only if a single separator is followed by three digits;
    all other unambiguous text is read independently of the language.
    Raises UnreadableAmount.
    """
    number = _number_in(unicodedata.normalize("NFKC", text).strip(), currency)
    digits = exponent(currency)
    whole, decimals = _parts(number, digits=digits, decimal_separator=decimal_separator)
    if len(decimals) > digits:
        raise UnreadableAmount("too_many_decimals")
    # Python refuses to convert very long digit strings, so check the length first.
    minor = int(whole + decimals.ljust(digits, "0") or "0") if len(whole) <= len(str(LARGEST_MINOR)) else None
    if minor is None or minor > LARGEST_MINOR:
        raise UnreadableAmount("too_large")
    return minor


def _number_in(text: str, currency: str) -> str:
    """Return an amount without its currency's symbol or code. Raises UnreadableAmount for another currency."""
    bare = text.removeprefix("-").removeprefix("\u2212").strip()
    for name in {currency, sign(currency)}:
        if bare.upper().startswith(name):
            bare = bare[len(name) :].strip()
        elif bare.upper().endswith(name):
            bare = bare[: -len(name)].strip()
    if bare.startswith(("-", "\u2212")) or text.startswith(("-", "\u2212")):
        raise UnreadableAmount("negative")
    if any(unicodedata.category(letter) == "Sc" or letter.isalpha() for letter in bare):
        raise UnreadableAmount("other_currency")
    return bare


def _parts(number: str, *, digits: int, decimal_separator: str) -> tuple[str, str]:
    """Return the digits before and after the decimal separator. digits: decimals of the currency.  Raises UnreadableAmount."""
    match = _AMOUNT.fullmatch(number)
    if not match or not (match["whole"] or match["decimals"]) or (match["group"] or "") == match["point"]:
        raise UnreadableAmount("not_a_number")
    whole, point, decimals = match["whole"], match["point"], match["decimals"] or ""
    # 1,234 may mean 1234 or 1.234.
    either = len(decimals) == 3 and re.fullmatch("[1-9][0-9]{0,2}", whole)
    if either and point != decimal_separator:
        if digits == 3:
            raise UnreadableAmount("ambiguous")
        whole, decimals = whole + decimals, ""
    return re.sub("[^0-9]", "", whole).lstrip("0"), decimals
