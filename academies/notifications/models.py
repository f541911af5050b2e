from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import PreviewableMixin

from academies.kernel.codes import uuid7
from academies.notifications.default_templates import default_templates, render


class MessageTemplate(PreviewableMixin, models.Model):
    """A definition: an academy's own text for one kind of email."""

    kind = models.CharField(
        max_length=60, unique=True, help_text=_("Which email this text replaces, such as order_paid.")
    )
    subject = models.CharField(max_length=150)
    body = models.TextField(help_text=_("Plain text. Variables in double braces, such as {{ name }}, are filled in."))

    def __str__(self) -> str:
        return self.kind.replace("_", " ").capitalize()

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "notifications/message_template_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """Render the text with sample values; text that can't be rendered is shown unchanged."""
        default = default_templates().get(self.kind)
        sample = default.sample() if default else {}
        try:
            subject, body = render(self.subject, sample), render(self.body, sample)
        except Exception:
            subject, body = self.subject, self.body
        return {**super().get_preview_context(request, mode_name), "subject": subject, "body": body}


class Delivery(models.Model):
    """A record: one email to one person, queued, sent or failed."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(
        max_length=200, help_text=_("The key under which it is sent once, such as order_paid:<order>.")
    )
    kind = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    to = models.EmailField()
    context = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["key", "to"], name="a_message_is_sent_once")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
