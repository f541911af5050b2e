"""Stripe's units against ISO 4217's. They differ for a few currencies, by a factor of a hundred."""

# Stripe docs, "Supported currencies", special cases: whole units only, sent as if they had two decimals.
_TIMES_HUNDRED = frozenset({"ISK", "UGX"})
# On Stripe's zero-decimal list although ISO 4217 gives it two digits.
_WHOLE_ONLY = frozenset({"MGA"})
# The last of three digits must be 0.
_THREE_DIGITS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_NO_DIGITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)


def to_stripe(amount_minor: int, currency: str) -> int:
    """Return ISO minor units in Stripe's units. Raises ValueError for an amount that Stripe can't charge."""
    if currency in _TIMES_HUNDRED:
        return amount_minor * 100
    if currency in _WHOLE_ONLY:
        return _divided(amount_minor, 100, currency)
    if currency in _THREE_DIGITS and amount_minor % 10:
        raise ValueError(f"{currency} amounts must end in 0, not {amount_minor}")
    return amount_minor


def from_stripe(amount: int, currency: str) -> int:
    """Return Stripe's units in ISO minor units."""
    if currency in _TIMES_HUNDRED:
        return amount // 100
    return amount * 100 if currency in _WHOLE_ONLY else amount


def stripe_digits(currency: str) -> int:
    """Return how many digits Stripe puts behind the point."""
    if currency in _NO_DIGITS:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def _divided(amount: int, by: int, currency: str) -> int:
    if amount % by:
        raise ValueError(f"{currency} has whole units only, not {amount} hundredths")
    return amount // by
