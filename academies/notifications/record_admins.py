"""The admin of sent emails, without the secret links they contained."""

from django.contrib.admin import display
from django.utils.translation import gettext_lazy as _

from academies.notifications.default_templates import LABELS
from academies.notifications.models import Delivery
from academies.records.record_admin import RecordAdmin


class DeliveryAdmin(RecordAdmin):
    model = Delivery
    menu_label = _("Emails sent")
    menu_icon = "mail"
    list_display = ("to", "message", "status", "created_at", "sent_at")
    list_filter = ("status", "created_at")
    list_export = ("to", "kind", "status", "attempts", "created_at", "sent_at")
    search_fields = ("to", "kind", "person__full_name")
    inspect_view_fields = ("to", "person", "message", "status", "attempts", "error", "created_at", "sent_at")
    select = ("person",)
    export_filename = "mail"

    @display(description=_("Message"), ordering="kind")
    def message(self, delivery: Delivery) -> str:
        return str(LABELS.get(delivery.kind, delivery.kind))
