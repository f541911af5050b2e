from django.db import models

from academies.kernel.codes import uuid7


class Event(models.Model):
    """A record: one fact as a provider sent it."""

    class Status(models.TextChoices):
        RECEIVED = "received"
        RETRYING = "retrying", "Waiting to be retried"
        HANDLED = "handled"
        IGNORED = "ignored", "Not handled"
        FAILED = "failed", "Failed for good"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=30, help_text="The provider, such as `stripe`.")
    account = models.CharField(max_length=80, help_text="Whose events these are: the academy's schema.")
    external_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    payload = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    # None for what nobody tries any more: handled, not handled, failed for good.
    next_attempt_at = models.DateTimeField(null=True)
    # The last attempt failed because the provider gave no answer: the next one is due as soon as it does.
    waits_for_source = models.BooleanField(default=False)
    error = models.TextField(blank=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("replay_event", "Can handle a stored event again")]
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
