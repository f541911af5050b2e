"""What the doors of buying and refunding ask."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from academies.kernel.codes import uuid7
from academies.kernel.money import LARGEST_MINOR, Money
from academies.records.record_actions import RecordForm
from academies.tenants.money_fields import MoneyField
from commerce.checkout import queries
from commerce.checkout.models import Refund

_ALL, _AMOUNT = "all", "amount"


class ReviewForm(forms.Form):
    """What the review page sends: the person's coupon, and what the page itself wrote into it."""

    coupon = forms.CharField(max_length=40, required=False)
    # Made with the page, so that sending it twice makes one order.
    order_id = forms.UUIDField(widget=forms.HiddenInput)
    # What the person saw: another price asks them once more.
    expected_minor = forms.IntegerField(min_value=0, max_value=LARGEST_MINOR, widget=forms.HiddenInput)


class RefundForm(RecordForm):
    """What of an order's money goes back, and what its buyer reads. Proposes all that is left."""

    # Made with the page, so that sending it twice gives back once.
    refund_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)
    # What the second page asked about.
    expected_minor = forms.IntegerField(min_value=1, widget=forms.HiddenInput, required=False)
    what = forms.ChoiceField(label="What goes back", widget=forms.RadioSelect)
    amount = MoneyField(label="Another amount", min_value=1, required=False)
    reason = forms.CharField(
        label="Message to the buyer",
        max_length=250,
        help_text="The buyer reads this, by email and on the page of the order.",
    )
    note = forms.CharField(
        label="Internal note",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept in the history of the refund. The buyer doesn't read it.",
    )
    entitlements = forms.ChoiceField(
        label="What they bought",
        required=False,
        choices=[
            ("", "Ends when nothing of the money is left, or with its own line; otherwise stays"),
            (Refund.Entitlements.CANCEL_IMMEDIATELY, "Ends now"),
            (Refund.Entitlements.CANCEL_AT_PERIOD_END, "Ends when it would have ended"),
            (Refund.Entitlements.KEEP, "Is theirs to keep"),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.record.currency
        left = Money(queries.refundable(self.record)[1], currency)
        lines = queries.lines_left(self.record)
        # One line that costs all that is left is not another choice.
        offered = lines if len(lines) > 1 else ()
        self.fields["what"].choices = [
            (_ALL, f"All that is left: {left.in_full}"),
            *((str(line.pk), f"{line.title}: {Money(cost, currency).in_full}") for line, cost in offered),
            (_AMOUNT, "Another amount"),
        ]
        self.fields["what"].initial = _ALL
        self.fields["amount"].currency = currency

    def clean(self) -> Mapping[str, Any]:
        """Say what is wanted as RefundWish has it: an amount, a line, or neither for all that is left."""
        cleaned = super().clean() or self.cleaned_data
        what, amount = cleaned.get("what"), cleaned.pop("amount", None)
        if what == _AMOUNT and amount is None and "amount" not in self.errors:
            self.add_error("amount", _("Enter how much goes back."))
        if what not in (_AMOUNT, None) and amount is not None:
            self.add_error("amount", _("Choose “Another amount” to give this back, or empty the field."))
        cleaned.pop("what", None)
        lines = () if what in (_ALL, _AMOUNT, None) else (what,)
        return {**cleaned, "amount_minor": amount if what == _AMOUNT else None, "lines": lines}


class CancelSeatForm(forms.Form):
    """A yes to giving up a seat, with the refund that the person was shown: another one asks them once more."""

    expected_minor = forms.IntegerField(min_value=0, max_value=LARGEST_MINOR, widget=forms.HiddenInput)


class CancelDatesForm(forms.Form):
    words = forms.CharField(
        label="Message to everybody",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Say why, and what people may do instead. It is added to the email below.",
    )
