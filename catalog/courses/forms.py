"""The form of somebody who teaches: their account is one of those who work here, never a learner's."""

from typing import Any

from django.db.models import Q
from wagtail.admin.forms import WagtailAdminModelForm


class InstructorForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields.get("account")
        if account is not None:
            # Who writes about instructors may not read who learns here. Whoever is chosen already stays.
            works = Q(pk__in=account.queryset.filter(groups__permissions__codename="access_admin").values("pk"))
            account.queryset = account.queryset.filter(works | Q(pk=self.instance.account_id)).order_by(
                "full_name", "pk"
            )
            account.help_text = "Only those with a role in the admin. They may then read the roster and the lessons."
