"""The form of a page that has dates: a date that people hold seats at can't be taken away."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from academies.kernel import policies


class DatedPageForm(WagtailAdminPageForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        dates = self.formsets.get("offerings")
        for form in dates.forms if dates else ():
            taken_away = form.is_valid() and form.cleaned_data.get("DELETE")
            if taken_away and not policies.may("offerings.remove", self.for_user, form.instance):
                self.add_error(
                    None,
                    f"{form.instance} can't be taken away: people have registered for it. Cancel their registrations first, "
                    "or close the registration instead.",
                )
        return cleaned
