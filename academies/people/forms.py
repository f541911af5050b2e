"""Forms of the HTML pages, with the rules and actions of the API."""

from datetime import date
from typing import Any

from allauth.account.forms import ResetPasswordKeyForm, SignupForm
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from academies.kernel import clock
from academies.people import actions, rules
from academies.people.device import device_of
from academies.people.facts import NewPerson
from academies.people.models import User


class SignUpForm(SignupForm):
    # The order of the page, so that the error summary lists the fields in that order too.
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

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors:
            # Errors that depend on several fields, such as a password that contains the name.
            for field, sentences in actions.password_problems(self._newcomer(), clock.now().date()).items():
                self.add_error("password1" if field == "password" else field, sentences)
        return cleaned

    def save(self, request: HttpRequest) -> User:
        return actions.sign_up(newcomer=self._newcomer(), now=clock.now())

    def _newcomer(self) -> NewPerson:
        cleaned = self.cleaned_data
        return NewPerson(cleaned["full_name"], cleaned["email"], cleaned["password1"], cleaned["date_of_birth"])


class ResetPasswordForm(ResetPasswordKeyForm):
    """Sets a new password with a link. The action checks the link again under a lock, so that it works once."""

    def save(self) -> None:
        token = f"{user_pk_to_url_str(self.user)}-{self.temp_key}"
        device = device_of(context.request)
        actions.reset_password(token=token, password=self.cleaned_data["password1"], device=device, now=clock.now())
        # The page signs this person in, which needs the new password's session hash.
        self.user.refresh_from_db()


def _refuse(problem: str | None) -> None:
    if problem:
        raise forms.ValidationError(_(problem))
