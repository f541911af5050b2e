"""Fields for amounts: typed and shown as decimals of a currency, stored as integer minor units.

They are here because this is the lowest app that knows an academy's currency. `MinorUnitsField` is for models and comes
with its form field; `MoneyField` is for forms without a model.
"""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.compare import FieldComparison

from academies.kernel.money import (
    LARGEST_MINOR,
    Money,
    UnreadableAmount,
    exponent,
    parse_amount,
    sign,
    smallest_payment,
)
from academies.tenants import queries as tenants


class _WholeUnits(str):
    """An amount from a form of release 0.1.0, which sent minor units under the column's own name."""


class MoneyInput(forms.TextInput):
    """A text input with the currency symbol before it.

    It submits `price` for a column `price_minor`: forms opened before release 0.2 submit `price_minor` in minor units,
    and their 3900 must not be read as 3900.00.
    """

    currency = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> str:
        typed = super().render(_typed_name(name), value, {"inputmode": "decimal", **(attrs or {})}, renderer)
        return format_html('<span class="lyceum-money"><span>{}</span>{}</span>', sign(self.currency), typed)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        typed: str | None = data.get(_typed_name(name))
        return _WholeUnits(data[name]) if typed is None and name in data else typed

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return _typed_name(name) not in data and name not in data


def _typed_name(name: str) -> str:
    return name.removesuffix("_minor")


class MoneyField(forms.Field):
    """An amount as people type it: 39, 39.50, 39,50, £39. Cleans to minor units, or None if empty.

    currency: empty for that of the form's row or, if it has none, of the academy.
    min_value, max_value: in minor units.
    """

    widget = MoneyInput
    default_error_messages = {
        "not_a_number": _("Enter an amount in %(currency)s, such as %(example)s."),
        "other_currency": _("Enter an amount in %(currency)s as a number only, such as %(example)s."),
        "negative": _("Enter an amount that isn't below zero, such as %(example)s."),
        "too_many_decimals": _(
            "Amounts in %(currency)s have at most %(digits)s decimals. Enter one such as %(example)s."
        ),
        "no_decimals": _("Amounts in %(currency)s have no decimals. Enter one such as %(example)s."),
        "not_payable": _("Amounts in %(currency)s are paid only with a 0 at the end. Enter one such as %(example)s."),
        "ambiguous": _("This can be read as two amounts. Write all decimals and no thousands separator: %(example)s."),
        "too_large": _("Enter an amount of at most %(largest)s."),
        "too_small": _("Enter an amount of at least %(smallest)s."),
        "outdated": _(
            "Nothing was saved: this page was opened before amounts were typed with decimals. Enter the amount again, "
            "such as %(example)s."
        ),
    }

    def __init__(
        self, *, currency: str = "", min_value: int = 0, max_value: int = LARGEST_MINOR, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.currency = currency
        self.min_value, self.max_value = min_value, max_value

    def get_bound_field(self, form: Any, field_name: str) -> forms.BoundField:
        """Bind the field and set its currency from the form's row. Each form has its own copy of the field."""
        row = getattr(form, "instance", None)
        self.currency = self.currency or getattr(row, "currency", "") or tenants.current().currency
        self.widget.currency = self.currency
        return super().get_bound_field(form, field_name)

    def prepare_value(self, value: Any) -> Any:
        return self._typed(value) if isinstance(value, int) else value

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if isinstance(data, _WholeUnits) else super().bound_data(data, initial)

    def to_python(self, value: Any) -> int | None:
        if value is None or isinstance(value, int):
            return value
        if isinstance(value, _WholeUnits):
            raise self._error("outdated")
        if not value.strip():
            return None
        try:
            return parse_amount(value, currency=self.currency, decimal_separator=get_format("DECIMAL_SEPARATOR"))
        except UnreadableAmount as error:
            without = error.reason == "too_many_decimals" and not exponent(self.currency)
            raise self._error("no_decimals" if without else error.reason) from error

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is not None and value > self.max_value:
            raise self._error("too_large")
        if value is not None and value < self.min_value:
            raise self._error("too_small")
        if value is not None and value % smallest_payment(self.currency):
            raise self._error("not_payable")

    def _typed(self, minor: int) -> str:
        """Return an amount as it is typed: with all decimals and no thousands separators."""
        number: Decimal = Money(minor, self.currency).major
        return f"{number:.{exponent(self.currency)}f}".replace(".", get_format("DECIMAL_SEPARATOR"))

    def _error(self, code: str) -> ValidationError:
        return ValidationError(
            self.error_messages[code],
            code=code,
            params={
                "currency": self.currency,
                "digits": exponent(self.currency),
                "example": self._typed(395 * 10 ** max(exponent(self.currency) - 1, 0)),
                "largest": Money(self.max_value, self.currency),
                "smallest": Money(self.min_value, self.currency),
            },
        )


class MinorUnitsField(models.PositiveIntegerField):
    """A column of minor units. Its form field is a MoneyField in the currency of the row."""

    def formfield(self, **kwargs: Any) -> forms.Field:
        return super().formfield(**{"form_class": MoneyField, **kwargs})  # type: ignore[return-value]

    def deconstruct(self) -> Any:
        """Deconstruct as PositiveIntegerField: to the database it is nothing else."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveIntegerField", args, kwargs


class AmountComparison(FieldComparison):
    """Compares two revisions of an amount, in the row's currency."""

    def __init__(self, field: Any, obj_a: Any, obj_b: Any) -> None:
        super().__init__(field, obj_a, obj_b)
        self.val_a = str(Money(self.val_a or 0, obj_a.currency))
        self.val_b = str(Money(self.val_b or 0, obj_b.currency))
