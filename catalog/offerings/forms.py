"""The form of a page that has dates: a date that people hold seats at can't be taken away, nor their seats."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.forms import WagtailAdminPageForm

from catalog.offerings import people, queries


class DatedPageForm(WagtailAdminPageForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        dates = self.formsets.get("offerings")
        forms = [form for form in dates.forms if form.is_valid()] if dates else []
        for form in forms:
            taken_away = form.cleaned_data.get("DELETE")
            if taken_away and queries.is_referenced(form.instance):
                self.add_error(
                    None,
                    _(
                        "%(date)s can't be taken away: people have registered for it. Use “Cancel this date” under "
                        "People, Dates: it writes to everybody and gives back what they paid."
                    )
                    % {"date": form.instance},
                )
        self._refuse_fewer_seats_than_taken(forms)
        return cleaned

    def _refuse_fewer_seats_than_taken(self, forms: list[Any]) -> None:
        cut = [form for form in forms if form.cleaned_data.get("seats") is not None and "seats" in form.changed_data]
        held = people.at([form.instance.pk for form in cut]) if cut else {}
        for form in cut:
            taken = held[form.instance.pk].taken
            if form.cleaned_data["seats"] < taken:
                refusal = ngettext(
                    "%(taken)d seat is taken; you can't offer fewer.",
                    "%(taken)d seats are taken; you can't offer fewer.",
                    taken,
                )
                form.add_error("seats", refusal % {"taken": taken})
