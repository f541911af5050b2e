"""The sign-up page asks what the API asks, by the same rules."""

from datetime import date

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from academies.kernel import clock
from academies.people import rules
from academies.people.models import User


class SignUpFields(forms.Form):
    """What we ask beyond e-mail and password."""

    # As the page shows them, so that what is wrong is summed up in that order too.
    field_order = ("full_name", "email", "password1", "date_of_birth")

    full_name = forms.CharField(max_length=200)
    date_of_birth = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))

    def clean_full_name(self) -> str:
        name = rules.normal_name(self.cleaned_data["full_name"])
        _refuse(rules.name_problem(name))
        return name

    def clean_date_of_birth(self) -> date:
        born: date = self.cleaned_data["date_of_birth"]
        _refuse(rules.birth_problem(born, clock.now().date()))
        return born

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth wants it; the adapter has saved everything already."""


def _refuse(problem: str | None) -> None:
    if problem:
        raise forms.ValidationError(_(problem))
