from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from academies.kernel.codes import uuid7


@register_setting(icon="tag")
class ManualSettings(BaseGenericSetting):
    """A definition: how an academy is paid by bank transfer or in cash. One row."""

    instructions = models.TextField(
        _("instructions for buyers"),
        help_text=_(
            "Account holder, account number and bank, or where to pay in cash. Amount and reference are added."
        ),
    )
    pay_within_days = models.PositiveSmallIntegerField(
        _("days to pay"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("An order that is not paid by then expires and its seats are released."),
    )

    panels = [FieldPanel("instructions"), FieldPanel("pay_within_days")]

    class Meta:
        verbose_name = _("bank transfer and cash")
        default_permissions = ("change",)

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class ManualPayment(models.Model):
    """A record: a payment that is awaited by bank transfer or in cash. Its id is the reference of the session."""

    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    attempt_id = models.UUIDField(unique=True)
    order_id = models.UUIDField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    instructions = models.TextField()
    received_as = models.CharField(max_length=100, null=True, unique=True, help_text=_("Reference of the transfer."))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.received_as or str(self.pk)


class ManualRefund(models.Model):
    """A record: a refund that people pay out. Its id is the refund's in checkout."""

    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")

    id = models.UUIDField(primary_key=True, editable=False)
    payment = models.ForeignKey(ManualPayment, on_delete=models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    amount_minor = models.PositiveIntegerField()
    reason = models.CharField(max_length=250, blank=True)
    sent_as = models.CharField(max_length=100, null=True, unique=True, help_text=_("Reference of the transfer."))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sent_as or str(self.pk)
