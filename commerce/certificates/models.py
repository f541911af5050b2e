from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from academies.kernel.codes import uuid7


class Certificate(models.Model):
    """A record: a certificate of completion, with the data of its day."""

    # Wagtail's reference index is for content.
    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        VALID = "valid", _("Valid")
        REVOKED = "revoked", _("Revoked")
        REPLACED = "replaced", _("Replaced")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=20, unique=True, help_text="What a stranger types to verify it.")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    enrolment = models.ForeignKey(
        "enrolments.Enrolment", null=True, on_delete=models.SET_NULL, related_name="certificates"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.VALID)
    # What is printed. Never changed after it was issued.
    holder = models.CharField(max_length=100)
    title = models.CharField(max_length=255)
    academy = models.CharField(max_length=120)
    instructors = models.JSONField(default=list)
    hours = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    credits = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)
    revision_id = models.BigIntegerField(null=True, help_text="The course page's revision on the day: evidence.")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=250, blank=True)
    replaced_by = models.OneToOneField("self", null=True, on_delete=models.SET_NULL, related_name="replaces")

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("revoke_certificate", "Can revoke certificates"),
            ("reissue_certificate", "Can reissue certificates"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(status="valid"), name="one_valid_certificate_per_enrolment"
            ),
        ]
        indexes = [models.Index(fields=["person", "-issued_on"])]

    def __str__(self) -> str:
        return self.code
