"""The form of a wording: it refuses words that could not be sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from wagtail.admin.forms import WagtailAdminModelForm

from academies.notifications.default_templates import LABELS, NEEDED, DefaultTemplate, default_templates, render


class KindSelect(forms.Select):
    """The messages that there are."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{"choices": [("", "---------"), *LABELS.items()], **kwargs})


class MessageTemplateForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        standard = default_templates().get(cleaned.get("kind", ""))
        if standard is None:
            self.add_error("kind", gettext("There is no such message."))
            return cleaned
        for name in ("subject", "body"):
            self._check(name, cleaned.get(name) or "", standard)
        if NEEDED in standard.words and "body" in cleaned and NEEDED not in cleaned["body"]:
            address = f"{{{{ origin }}}}{{{{ {NEEDED} }}}}"
            self.add_error(
                "body", gettext("Keep %(address)s in it: the message is sent for this address.") % {"address": address}
            )
        return cleaned

    def _check(self, name: str, text: str, standard: DefaultTemplate) -> None:
        try:
            render(text, standard.sample())
        except Exception as error:
            self.add_error(name, gettext("This can't be filled in: %(error)s") % {"error": error})
