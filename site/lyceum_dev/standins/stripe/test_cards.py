"""Test cards and their outcomes. Source: Stripe docs, "Testing"."""

import re
from dataclasses import dataclass

SUFFICES = "pays"
DECLINED = "declined"
ASKS = "asks"


@dataclass(frozen=True)
class Card:
    """outcome: pays, declined, or asks for confirmation first.  refund: done, later or fails."""

    number: str
    outcome: str = SUFFICES
    code: str = "card_declined"
    decline_code: str | None = None
    message: str = "Your card was declined."
    brand: str = "visa"
    refund: str = "done"
    hint: str = ""


_CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", hint="pays"),
        Card("5555555555554444", brand="mastercard"),
        Card("378282246310005", brand="amex"),
        Card("4000000000000002", DECLINED, decline_code="generic_decline", hint="is declined"),
        Card("4000002500003155", ASKS, hint="asks for confirmation first"),
        Card("4000002760003184", ASKS),
        Card("4000000000003220", ASKS),
        Card(
            "4000000000009995",
            DECLINED,
            decline_code="insufficient_funds",
            message="Your card has insufficient funds. Try a different card.",
            hint="has insufficient funds",
        ),
        Card("4000000000000069", DECLINED, "expired_card", message="Your card has expired. Try a different card."),
        Card("4000000000000127", DECLINED, "incorrect_cvc", message="Your card’s security code is incorrect."),
        Card("4000000000007726", refund="later"),
        Card("4000000000005126", refund="fails"),
    )
}
# Payment methods that Stripe provides for tests.
_METHODS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}


def hinted() -> list[Card]:
    return [card for card in _CARDS.values() if card.hint]


def by_number(typed: str) -> Card:
    """Return the card with a number; any other number is declined, as in Stripe's test mode."""
    number = re.sub(r"[\s-]", "", typed)
    if number in _CARDS:
        return _CARDS[number]
    if not number.isascii() or not number.isdigit() or not 12 <= len(number) <= 19 or not _luhn(number):
        return Card(number[-4:], DECLINED, "incorrect_number", None, "Your card number is incomplete or invalid.")
    message = "Your card was declined: this is a test page, and this is not a test card. Use one of those listed below."
    return Card(number, DECLINED, "card_declined", "test_mode_live_card", message)


def by_method(name: str) -> Card | None:
    return _CARDS[_METHODS[name]] if name in _METHODS else None


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0
