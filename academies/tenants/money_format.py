"""How money is written in the language of a page: £1,234.50, or 1.234,50 £."""

from django.utils.formats import number_format
from django.utils.translation import gettext

from academies.kernel.money import Money, exponent, sign


def format_money(money: Money, *, in_full: bool = False) -> str:
    """Return an amount with its currency's sign, as `Money` itself writes it in English.

    in_full: with every decimal; whole prices read better without.
    """
    digits = exponent(money.currency)
    if not in_full and money.amount_minor % 10**digits == 0:
        digits = 0
    amount = number_format(money.major, decimal_pos=digits, use_l10n=True, force_grouping=True)
    symbol = sign(money.currency)
    if symbol == money.currency:
        return f"{amount}\u00a0{symbol}"
    # The position of the symbol depends on the language.
    return gettext("%(sign)s%(amount)s") % {"sign": symbol, "amount": amount}
