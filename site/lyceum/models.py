"""The table of stored responses to repeated requests."""

from django.db import models

from academies.kernel.codes import uuid7


class StoredResponse(models.Model):
    """A record: the response to a POST with an Idempotency-Key, stored for 24 hours."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The person's id, or "anonymous": two people may use the same key.
    owner = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    # Null while the first request is still being processed.
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(default=b"")
    content_type = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key
