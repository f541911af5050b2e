"""The form of a wording: it refuses words that could not be sent."""

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from academies.notices.standards import NEEDED, Standard, fill, standards


class KindSelect(forms.Select):
    """The messages that there are."""

    def __init__(self, **kwargs: Any):
        labels = [(one.kind, one.label) for one in standards().values()]
        super().__init__(**{"choices": [("", "---------"), *labels], **kwargs})


class WordingForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        standard = standards().get(cleaned.get("kind", ""))
        if standard is None:
            self.add_error("kind", "There is no such message.")
            return cleaned
        for name in ("subject", "body"):
            self._check(name, cleaned.get(name) or "", standard)
        if NEEDED in standard.words and "body" in cleaned and NEEDED not in cleaned["body"]:
            self.add_error(
                "body", f"Keep {{{{ origin }}}}{{{{ {NEEDED} }}}} in it: the message is sent for this address."
            )
        return cleaned

    def _check(self, name: str, text: str, standard: Standard) -> None:
        try:
            fill(text, standard.sample())
        except Exception as error:
            self.add_error(name, f"This can't be filled in: {error}")
