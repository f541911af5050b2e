"""Money as integer minor units plus an ISO 4217 code. No float, no guessed cents."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# ISO 4217 minor units where they are not two.
_EXPONENTS = {code: 0 for code in "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split()}
_EXPONENTS |= {code: 3 for code in "BHD IQD JOD KWD LYD OMR TND".split()}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}


def exponent(currency: str) -> int:
    """Return how many digits follow the point in a currency: 0, 2 or 3.  Source: ISO 4217, list one."""
    return _EXPONENTS.get(currency, 2)


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
        sign = _SIGNS.get(self.currency)
        digits = exponent(self.currency)
        number = f"{self.major:,.{digits}f}"
        # Whole prices read better without ".00"; amounts with pennies keep them.
        if digits and self.amount_minor % 10**digits == 0:
            number = number.rsplit(".", 1)[0]
        return f"{sign}{number}" if sign else f"{number} {self.currency}"

    def as_json(self) -> dict[str, int | str]:
        return {"amount_minor": self.amount_minor, "currency": self.currency}


def share(*, total_minor: int, percent: Decimal) -> int:
    """Return a percentage of an amount, rounded half up to a whole minor unit.

    percent: 0 to 100; raises ValueError outside that range.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent must be 0 to 100, not {percent}")
    return int((Decimal(total_minor) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
