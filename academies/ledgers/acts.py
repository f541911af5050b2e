"""Acts: buttons on records. Each asks first, then calls one action of its room."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from wagtail.admin import messages
from wagtail_modeladmin.views import InstanceSpecificView

from academies.kernel import clock, policies
from academies.kernel.errors import Refusal


class NoQuestions(forms.Form):
    """An act that needs nothing but a yes."""


class Reason(forms.Form):
    reason = forms.CharField(max_length=250, help_text="Kept in the history.")


@dataclass(frozen=True)
class Act:
    """A button.

    name: a slug for its address.  asks: what the page says before it is done.  policy: the name in the kernel's policies.
    run: called with the record and, by keyword, `by`, `now` and what the form cleaned; returns what to tell afterwards.
    applies: whether the button makes sense for this record now.  grave: it takes something away.
    """

    name: str
    label: str
    asks: str
    policy: str
    run: Callable[..., str]
    form: type[forms.Form] = NoQuestions
    applies: Callable[[Any], bool] = lambda record: True
    grave: bool = False

    def may(self, person: Any, record: Model) -> bool:
        return policies.may(self.policy, person, record)


class ActView(InstanceSpecificView):
    """Ask, do, tell. A refusal is told on the same page and loses nothing that was typed."""

    act: Act

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (self.permission_helper.user_can_list(request.user) and self.act.may(request.user, self.instance)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return self.act.label

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._ask(self.act.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.act.form(request.POST)
        if not form.is_valid():
            return self._ask(form)
        try:
            told = self.act.run(self.instance, by=request.user, now=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            return self._ask(form)
        messages.success(request, told)
        return redirect(self.url_helper.get_action_url("inspect", self.pk_quoted))

    def _ask(self, form: forms.Form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, act=self.act))

    def get_template_names(self) -> list[str]:
        return ["ledgers/act.html"]
