from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academies.kernel.codes import uuid7
from academies.kernel.money import LARGEST_MINOR, Money
from academies.records.record_actions import RecordForm
from academies.tenants.money_fields import MoneyField
from academies.tenants.money_format import format_money
from commerce.checkout import queries
from commerce.checkout.models import Refund

_ALL, _AMOUNT = "all", "amount"


class ReviewForm(forms.Form):
    """The review page: the person's coupon, and hidden fields of the page."""

    coupon = forms.CharField(max_length=40, required=False)
    # Created with the page, so that a form sent twice places one order.
    order_id = forms.UUIDField(widget=forms.HiddenInput)
    # The price that the person saw: a different one is confirmed again.
    expected_minor = forms.IntegerField(min_value=0, max_value=LARGEST_MINOR, widget=forms.HiddenInput)


class RefundForm(RecordForm):
    """How much of an order is refunded, and what its buyer reads. Everything that is left by default."""

    # Created with the page, so that a form sent twice refunds once.
    refund_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)
    # The amount that the second page asked about.
    expected_minor = forms.IntegerField(min_value=1, widget=forms.HiddenInput, required=False)
    what = forms.ChoiceField(label=gettext_lazy("What to refund"), widget=forms.RadioSelect)
    amount = MoneyField(label=gettext_lazy("Another amount"), min_value=1, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Message to the buyer"),
        max_length=250,
        help_text=gettext_lazy("The buyer reads this in the email and on the order's page."),
    )
    note = forms.CharField(
        label=gettext_lazy("Internal note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept in the history of the refund. The buyer does not see it."),
    )
    entitlements = forms.ChoiceField(
        label=gettext_lazy("Access to what they bought"),
        required=False,
        choices=[
            ("", gettext_lazy("Ends if everything, or its line, is refunded; otherwise stays")),
            (Refund.Entitlements.CANCEL_IMMEDIATELY, gettext_lazy("Ends now")),
            (Refund.Entitlements.CANCEL_AT_PERIOD_END, gettext_lazy("Ends when it would have ended anyway")),
            (Refund.Entitlements.KEEP, gettext_lazy("Stays")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.record.currency
        left = Money(queries.refundable_payment(self.record)[1], currency)
        lines = queries.refundable_lines(self.record)
        # A single line that costs all that is left is no other choice.
        offered = lines if len(lines) > 1 else ()
        what = cast(forms.ChoiceField, self.fields["what"])
        what.choices = [
            (_ALL, _("Everything that is left: %(amount)s") % {"amount": format_money(left, in_full=True)}),
            *(
                (str(line.pk), f"{line.title}: {format_money(Money(cost, currency), in_full=True)}")
                for line, cost in offered
            ),
            (_AMOUNT, _("Another amount")),
        ]
        what.initial = _ALL
        cast(MoneyField, self.fields["amount"]).currency = currency

    def clean(self) -> dict[str, Any]:
        """Return the fields of RefundInput: an amount, a line, or neither for everything that is left."""
        cleaned = super().clean() or self.cleaned_data
        what, amount = cleaned.get("what"), cleaned.pop("amount", None)
        if what == _AMOUNT and amount is None and "amount" not in self.errors:
            self.add_error("amount", _("Enter the amount to refund."))
        if what not in (_AMOUNT, None) and amount is not None:
            self.add_error("amount", _("Choose “Another amount” to refund this amount, or clear the field."))
        cleaned.pop("what", None)
        lines = () if what in (_ALL, _AMOUNT, None) else (what,)
        return {**cleaned, "amount_minor": amount if what == _AMOUNT else None, "lines": lines}


class CancelSeatForm(forms.Form):
    """Confirms that a seat is cancelled, with the refund that the person saw: a different one is confirmed again."""

    expected_minor = forms.IntegerField(min_value=0, max_value=LARGEST_MINOR, widget=forms.HiddenInput)


class CancelDatesForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("Message to everybody"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Say why, and what people can do instead. It is added to the email below."),
    )


class BankReferenceForm(RecordForm):
    """The reference under which money came in or was paid out, and the amount on the page that asked."""

    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=100,
        help_text=gettext_lazy("Of the bank transfer, or the number of the receipt. Each can be used once."),
    )
