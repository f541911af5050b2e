from django.conf import settings
from django.db import models

from academies.kernel.codes import uuid7


class Entry(models.Model):
    """A record: one action by a person or the system."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    verb = models.CharField(max_length=60, help_text="`app.past_tense`, such as `checkout.order_paid`.")
    subject_type = models.CharField(max_length=60, help_text="`app_label.model` of what it was done to.")
    subject_id = models.CharField(max_length=64)
    # No constraint: the entries of a deleted person stay, and an append-only row can't be set to null.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    # The application's role can't change entries even if the trigger is disabled (academies.tenants.grants).
    application_may = ("SELECT", "INSERT")

    class Meta:
        default_permissions = ("view",)
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"])]

    def __str__(self) -> str:
        return self.verb
