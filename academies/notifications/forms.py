"""The form of a MessageTemplate, which refuses text that can't be rendered."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from wagtail.admin.forms import WagtailAdminModelForm

from academies.notifications.default_templates import LABELS, NEEDED, DefaultTemplate, default_templates, render


class KindSelect(forms.Select):
    """A select with every kind of email."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"choices": [("", "---------"), *LABELS.items()], **kwargs})


class MessageTemplateForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        default = default_templates().get(cleaned.get("kind", ""))
        if default is None:
            self.add_error("kind", gettext("There is no such email."))
            return cleaned
        for name in ("subject", "body"):
            self._check(name, cleaned.get(name) or "", default)
        if NEEDED in default.words and "body" in cleaned and NEEDED not in cleaned["body"]:
            address = f"{{{{ origin }}}}{{{{ {NEEDED} }}}}"
            self.add_error(
                "body", gettext("Keep %(address)s: it is the link that this email is sent for.") % {"address": address}
            )
        return cleaned

    def _check(self, name: str, text: str, default: DefaultTemplate) -> None:
        try:
            render(text, default.sample())
        except Exception as error:
            self.add_error(name, gettext("This can't be rendered: %(error)s") % {"error": error})
