from django.db import models
from django.utils.translation import gettext_lazy as _

from academies.kernel.codes import uuid7


class WebhookEvent(models.Model):
    """A record: one event as a provider sent it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        RETRYING = "retrying", _("Waiting to be retried")
        HANDLED = "handled", _("Handled")
        IGNORED = "ignored", _("Not handled")
        FAILED = "failed", _("Failed permanently")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=30, help_text=_("The provider, such as `stripe`."))
    account = models.CharField(max_length=80, help_text=_("The schema of the academy that received the event."))
    external_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    # None for events that are not tried again: handled, not handled, failed permanently.
    next_attempt_at = models.DateTimeField(null=True)
    # The last attempt failed because the provider could not be reached: the next one is due as soon as it can.
    waits_for_source = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        # The table keeps its first name, so that processes of two versions can use it during an update.
        db_table = "inbox_event"
        default_permissions = ("view",)
        permissions = [("replay_webhookevent", "Can handle a stored event again")]
        constraints = [
            models.UniqueConstraint(fields=["source", "account", "external_id"], name="an_event_is_stored_once"),
        ]
        indexes = [
            models.Index(fields=["account", "-received_at"]),
            models.Index(fields=["status", "received_at"]),
            models.Index(
                fields=["account", "next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="inbox_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"
