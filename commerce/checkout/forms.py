from django import forms


class ReviewForm(forms.Form):
    """What the review page sends: the person's coupon, and what the page itself wrote into it."""

    coupon = forms.CharField(max_length=40, required=False)
    # Made with the page, so that sending it twice makes one order.
    order_id = forms.UUIDField(widget=forms.HiddenInput)
    # What the person saw: another price asks them once more.
    expected_minor = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
