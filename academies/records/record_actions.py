"""Buttons on records. Each asks for confirmation, then calls one action of its app."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail_modeladmin.views import InstanceSpecificView

from academies.kernel import clock, policies
from academies.kernel.errors import Refusal


class RecordForm(forms.Form):
    """The form of a record action. record: the one it acts on."""

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record


class EmptyForm(RecordForm):
    """The form of an action that only needs confirmation."""


class Reason(RecordForm):
    reason = forms.CharField(max_length=250, help_text=_("Kept in the history."))


@dataclass(frozen=True)
class Confirmation:
    """The second page of an action, which confirms its effects.

    facts: what will happen, as pairs of label and text.  pinned: form fields with the values confirmed here, so that the
    action can refuse if they have changed since.
    """

    question: str
    button: str
    facts: Sequence[tuple[str, Any]] = ()
    pinned: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordAction:
    """A button on a record.

    name: a slug for its URL.  asks: the text of the confirmation page.  policy: its name in academies.kernel.policies.
    run: called with the record and the keywords `by`, `now` and the form's cleaned data; returns the success message.
    applies: whether the button makes sense for this record now.  grave: whether the action is destructive.
    facts: details of the record for the page, as pairs of label and text.
    confirm: called with the record and the cleaned data, returns a second page; None to run the action at once.
    """

    name: str
    label: Any
    asks: Any
    policy: str
    run: Callable[..., str]
    form: type[RecordForm] = EmptyForm
    applies: Callable[[Any], bool] = lambda record: True
    grave: bool = False
    facts: Callable[[Any], Sequence[tuple[str, Any]]] = lambda record: ()
    confirm: Callable[[Any, Mapping[str, Any]], Confirmation] | None = None

    def may(self, person: Any, record: Model) -> bool:
        return policies.may(self.policy, person, record)


class RecordActionView(InstanceSpecificView):
    """Asks for confirmation, runs the action and shows the result. A refusal is shown on the form, which keeps its values."""

    action: RecordAction

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (self.permission_helper.user_can_list(request.user) and self.action.may(request.user, self.instance)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.action.label

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._ask(self.action.form(record=self.instance))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.action.form(request.POST, record=self.instance)
        if not form.is_valid() or "back" in request.POST:
            return self._ask(form)
        try:
            if self.action.confirm and "confirmed" not in request.POST:
                return self._confirm(form, self.action.confirm(self.instance, form.cleaned_data))
            message = self.action.run(self.instance, by=request.user, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, gettext(refusal.message))
            return self._ask(form)
        messages.success(request, message)
        return redirect(self.url_helper.get_action_url("inspect", self.pk_quoted))

    def _ask(self, form: forms.Form) -> HttpResponse:
        context = self.get_context_data(form=form, action=self.action, facts=self.action.facts(self.instance))
        return self.render_to_response(context)

    def _confirm(self, form: forms.Form, confirmation: Confirmation) -> HttpResponse:
        """Show the second page, with the form's values in hidden fields."""
        pinned = dict(confirmation.pinned)
        own = {"csrfmiddlewaretoken", "confirmed", "back", *pinned}
        sent = [(name, text) for name, texts in form.data.lists() if name not in own for text in texts]
        context = self.get_context_data(
            action=self.action, confirmation=confirmation, facts=confirmation.facts, sent=[*sent, *pinned.items()]
        )
        return self.render_to_response(context)

    def get_template_names(self) -> list[str]:
        return ["records/action.html"]
