"""Amounts typed in forms: parsing by format, refusal of ambiguous input, storage in minor units."""

from types import SimpleNamespace

import pytest
from django import forms
from django.utils import translation

from academies.kernel.money import UnreadableAmount, parse_amount
from academies.tenants.money_fields import MoneyField

READ = [
    ("39", "GBP", ".", 3900), ("39.5", "GBP", ".", 3950), ("39.50", "GBP", ".", 3950), ("39,50", "GBP", ".", 3950),
    ("39.50", "GBP", ",", 3950), ("£39", "GBP", ".", 3900), ("39 €", "EUR", ",", 3900), ("gbp 39", "GBP", ".", 3900),
    (" 39. ", "GBP", ".", 3900), (".5", "GBP", ".", 50), ("0", "GBP", ".", 0), ("1,234", "GBP", ".", 123400),
    ("1.234", "GBP", ",", 123400), ("1,234.50", "GBP", ",", 123450), ("1.234,50", "GBP", ".", 123450),
    ("1\u202f234,50", "EUR", ",", 123450), ("1'234.50", "CHF", ".", 123450), ("1,234,567", "GBP", ".", 123456700),
    ("3900", "JPY", ".", 3900), ("1,234", "JPY", ".", 1234), ("￥1,234", "JPY", ".", 1234),
    ("39.5", "KWD", ".", 39500), ("1.234", "KWD", ".", 1234), ("1,234", "KWD", ",", 1234), ("0,500", "KWD", ".", 500),
    ("1,234.567", "KWD", ".", 1234567), ("21474836.47", "GBP", ".", 2147483647),
]  # fmt: skip
REFUSED = [
    ("39.505", "GBP", ".", "too_many_decimals"), ("1.234", "GBP", ".", "too_many_decimals"),
    ("39.5", "JPY", ".", "too_many_decimals"), ("1.2345", "KWD", ".", "too_many_decimals"),
    ("1,234", "KWD", ".", "ambiguous"), ("1.234", "KWD", ",", "ambiguous"),
    ("-5", "GBP", ".", "negative"), ("£-5", "GBP", ".", "negative"), ("−5", "GBP", ".", "negative"),
    ("$39", "GBP", ".", "other_currency"), ("39 EUR", "GBP", ".", "other_currency"), ("1e5", "GBP", ".", "other_currency"),
    ("1,234,56", "GBP", ".", "not_a_number"), ("3 9", "GBP", ".", "not_a_number"), (".", "GBP", ".", "not_a_number"),
    ("£", "GBP", ".", "not_a_number"), ("٣٩", "GBP", ".", "not_a_number"), ("1.2.3", "GBP", ".", "not_a_number"),
    ("21474836.48", "GBP", ".", "too_large"), ("9" * 5000, "GBP", ".", "too_large"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "currency", "separator", "minor"), READ)
def test_what_can_be_read_in_one_way_is_read(text, currency, separator, minor):
    assert parse_amount(text, currency=currency, decimal_separator=separator) == minor


@pytest.mark.parametrize(("text", "currency", "separator", "reason"), REFUSED)
def test_what_can_not_is_refused_with_its_reason(text, currency, separator, reason):
    with pytest.raises(UnreadableAmount) as refused:
        parse_amount(text, currency=currency, decimal_separator=separator)

    assert refused.value.reason == reason


class Priced(forms.Form):
    """A form with a row, as a ModelForm has one."""

    price_minor = MoneyField(required=False)

    def __init__(self, *args, currency: str = "GBP", **kwargs):
        super().__init__(*args, **kwargs)
        self.instance = SimpleNamespace(currency=currency)


@pytest.mark.parametrize(
    ("currency", "language", "minor", "typed"),
    [("GBP", "en", 3950, "39.50"), ("GBP", "es", 3950, "39,50"), ("JPY", "en", 1200, "1200"),
     ("KWD", "en", 1200500, "1200.500"), ("KWD", "es", 500, "0,500")],
)  # fmt: skip
def test_what_is_shown_is_read_back_as_it_was(currency, language, minor, typed):
    with translation.override(language):
        shown = Priced(initial={"price_minor": minor}, currency=currency)["price_minor"]
        sent = Priced({"price": typed}, initial={"price_minor": minor}, currency=currency)

        assert shown.value() == typed
        assert sent.is_valid()

    assert sent.cleaned_data == {"price_minor": minor}
    assert not sent.has_changed()


def test_the_currency_stands_beside_the_field():
    assert "<span>£</span>" in str(Priced()["price_minor"])
    assert "<span>KWD</span>" in str(Priced(currency="KWD")["price_minor"])


@pytest.mark.parametrize(
    ("currency", "typed", "sentence"),
    [
        ("GBP", "39.505", "Amounts in GBP have at most 2 decimals. Enter one such as 39.50."),
        ("JPY", "39.5", "Amounts in JPY have no decimals. Enter one such as 395."),
        ("KWD", "1,234", "This can be read as two amounts. Write all decimals and no thousands separator: 39.500."),
        ("KWD", "39.505", "Amounts in KWD are paid only with a 0 at the end. Enter one such as 39.500."),
        ("GBP", "-1", "Enter an amount that isn't below zero, such as 39.50."),
        ("GBP", "$5", "Enter an amount in GBP as a number only, such as 39.50."),
        ("GBP", "21474836.48", "Enter an amount of at most £21,474,836.47."),
    ],
)
def test_a_refusal_says_what_to_type(currency, typed, sentence):
    form = Priced({"price": typed}, currency=currency)

    assert form.errors == {"price_minor": [sentence]}
    # And what was typed is still there.
    assert form["price_minor"].value() == typed


def test_a_form_from_before_decimals_changes_nothing():
    form = Priced({"price_minor": "3900"}, initial={"price_minor": 4900})

    assert "opened before amounts were typed with decimals" in form.errors["price_minor"][0]
    # The next time it is sent it means what it shows.
    assert form["price_minor"].value() == "49.00"


def test_nothing_typed_is_nothing():
    form = Priced({"price": " "})

    assert form.is_valid()
    assert form.cleaned_data == {"price_minor": None}
