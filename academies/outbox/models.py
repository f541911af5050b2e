from django.db import models

from academies.kernel.codes import uuid7


class Message(models.Model):
    """A record: one deferred task, or one fact to deliver to its listeners."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, help_text="`app.task`, or a fact's class name.")
    payload = models.JSONField(default=dict)
    # Unique: "one email per order" is enforced by this constraint.
    key = models.CharField(max_length=200, null=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # While one worker delivers, others leave the message alone until the lease ends.
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key"], name="one_message_per_key")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(delivered_at=None), name="outbox_undelivered"),
        ]

    def __str__(self) -> str:
        return self.name
