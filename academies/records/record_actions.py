"""Acts: buttons on records. Each asks first, then calls one action of its room."""

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
    """What an act asks. record: what it acts on."""

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record


class EmptyForm(RecordForm):
    """An act that needs nothing but a yes."""


class Reason(RecordForm):
    reason = forms.CharField(max_length=250, help_text=_("Kept in the history."))


@dataclass(frozen=True)
class Confirmation:
    """What the second page of an act asks before it is done.

    facts: what will happen, as label and text.  pinned: fields of the form that hold what is confirmed here, so that
    the action can refuse when it has become something else.
    """

    question: str
    button: str
    facts: Sequence[tuple[str, Any]] = ()
    pinned: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordAction:
    """A button.

    name: a slug for its address.  asks: what the page says before it is done.  policy: the name in the kernel's policies.
    run: called with the record and, by keyword, `by`, `now` and what the form cleaned; returns what to tell afterwards.
    applies: whether the button makes sense for this record now.  grave: it takes something away.
    facts: what the page says of the record, as label and text.
    confirm: called with the record and what the form cleaned; None where the form's own button does it at once.
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
    """Ask, do, tell. A refusal is told on the same page and loses nothing that was typed."""

    act: RecordAction

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (self.permission_helper.user_can_list(request.user) and self.act.may(request.user, self.instance)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.act.label

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._ask(self.act.form(record=self.instance))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.act.form(request.POST, record=self.instance)
        if not form.is_valid() or "back" in request.POST:
            return self._ask(form)
        try:
            if self.act.confirm and "confirmed" not in request.POST:
                return self._confirm(form, self.act.confirm(self.instance, form.cleaned_data))
            told = self.act.run(self.instance, by=request.user, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, gettext(refusal.message))
            return self._ask(form)
        messages.success(request, told)
        return redirect(self.url_helper.get_action_url("inspect", self.pk_quoted))

    def _ask(self, form: forms.Form) -> HttpResponse:
        context = self.get_context_data(form=form, act=self.act, facts=self.act.facts(self.instance))
        return self.render_to_response(context)

    def _confirm(self, form: forms.Form, confirmation: Confirmation) -> HttpResponse:
        """Ask once more, and carry along what was typed."""
        pinned = dict(confirmation.pinned)
        own = {"csrfmiddlewaretoken", "confirmed", "back", *pinned}
        sent = [(name, text) for name, texts in form.data.lists() if name not in own for text in texts]
        context = self.get_context_data(
            act=self.act, confirmation=confirmation, facts=confirmation.facts, sent=[*sent, *pinned.items()]
        )
        return self.render_to_response(context)

    def get_template_names(self) -> list[str]:
        return ["records/act.html"]
