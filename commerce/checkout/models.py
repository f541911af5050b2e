from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from academies.kernel.codes import uuid7
from academies.kernel.money import Money
from commerce.checkout import encryption
from commerce.gateways import providers


def default_provider() -> str:
    return next(iter(providers.load(settings.PAYMENT_PROVIDERS)))


def provider_choices() -> list[tuple[str, str]]:
    declared = providers.load(settings.PAYMENT_PROVIDERS).values()
    return [(provider.name, str(provider.label)) for provider in declared]


@register_setting(icon="tag")
class PaymentSettings(BaseGenericSetting):
    """A definition: how an academy is paid. One row."""

    provider = models.CharField(
        _("payment provider"), max_length=30, choices=provider_choices, default=default_provider,
        help_text=_("For new orders. Orders that exist already keep the provider they were placed with."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("payments")
        default_permissions = ("change",)

    def __str__(self) -> str:
        return self.provider

    def clean(self) -> None:
        declared = providers.load(settings.PAYMENT_PROVIDERS).get(self.provider)
        if declared is None or not declared.is_remote:
            return
        if any(getattr(settings, name) for name in declared.account.values()):
            # The deployment's own account.
            return
        if not PaymentAccount.objects.filter(provider=self.provider).exists():
            message = _("This academy has no account there yet. Ask your operator to run “manage.py connect_payments”.")
            raise ValidationError({"provider": message})


class PaymentAccount(models.Model):
    """A definition: an academy's account with a payment provider. One row for each provider."""

    provider = models.CharField(max_length=30, default="stripe")
    # Decrypted only where the provider is called.
    encrypted_key = models.TextField(db_column="sealed_key")
    encrypted_webhook_secret = models.TextField(blank=True, db_column="sealed_webhook_secret")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider"], name="one_account_per_provider")]

    def __str__(self) -> str:
        return self.provider

    @property
    def secret_key(self) -> str:
        """Raises encryption.CannotDecrypt."""
        return encryption.decrypt(self.encrypted_key)

    @property
    def webhook_secret(self) -> str:
        """Raises encryption.CannotDecrypt."""
        return encryption.decrypt(self.encrypted_webhook_secret)


class Order(models.Model):
    """A record: what one person buys, at the price when they ordered."""

    # Wagtail's reference index is for content; records would only slow it down.
    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        PAID = "paid", _("Paid")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")
        REFUNDED = "refunded", _("Refunded")
        PARTIALLY_REFUNDED = "partially_refunded", _("Partially refunded")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True, help_text=_("Counts up within the academy."))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    currency = models.CharField(max_length=3)
    subtotal_minor = models.PositiveIntegerField()
    discount_minor = models.PositiveIntegerField(default=0)
    tax_minor = models.PositiveIntegerField(default=0, help_text=_("Included in the total."))
    total_minor = models.PositiveIntegerField()
    coupon = models.ForeignKey("plans.Coupon", null=True, on_delete=models.PROTECT, related_name="orders")
    billing = models.JSONField(default=dict)
    success_url = models.CharField(max_length=500, blank=True)
    cancel_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text=_("If unpaid by then, the order expires and its seats are released."))
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("refund_order", "Can refund orders"),
            ("cancel_order", "Can cancel orders"),
            ("record_order", "Can record payments and refunds made by hand"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(total_minor=F("subtotal_minor") - F("discount_minor")), name="order_adds_up"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="orders_pending"),
        ]

    def __str__(self) -> str:
        return f"Order {self.number}"

    @property
    def subtotal(self) -> Money:
        return Money(self.subtotal_minor, self.currency)

    @property
    def discount(self) -> Money:
        return Money(self.discount_minor, self.currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class OrderLine(models.Model):
    """A record: one thing in an order, with its title and price as sold."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    plan = models.ForeignKey("plans.Plan", null=True, on_delete=models.PROTECT, related_name="+")
    registration = models.ForeignKey(
        "enrolments.Registration", null=True, on_delete=models.PROTECT, related_name="order_lines"
    )
    offering = models.ForeignKey("offerings.Offering", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=255)
    quantity = models.PositiveIntegerField(default=1)
    unit_minor = models.PositiveIntegerField()
    total_minor = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(total_minor=F("unit_minor") * F("quantity")), name="order_line_adds_up"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(plan__isnull=True) ^ Q(offering__isnull=True), name="order_line_is_a_plan_or_an_offering"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def unit(self) -> Money:
        return Money(self.unit_minor, self.order.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.order.currency)


class PaymentAttempt(models.Model):
    """A record: one attempt to pay an order. Its id is the idempotency key at the provider, and it keeps its provider."""

    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        CREATED = "created", _("Created")
        OPEN = "open", _("Open")
        CONFIRMED = "confirmed", _("Confirmed")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attempts")
    provider = models.CharField(max_length=30)
    # The provider's references of the checkout session and of the payment.
    reference = models.CharField(max_length=255, null=True)
    payment_reference = models.CharField(max_length=255, null=True)
    url = models.URLField(max_length=2000, blank=True)
    instructions = models.TextField(
        blank=True, db_default="", help_text=_("What the buyer has to do, where there is no page to pay on.")
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CREATED)
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="a_payment_page_is_known_once"),
            models.UniqueConstraint(fields=["provider", "payment_reference"], name="a_payment_is_booked_once"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(status__in=["created", "open"]), name="one_open_attempt_per_order"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_payment_is_of_something"),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.pk)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Refund(models.Model):
    """A record: money refunded, or about to be. Its id is the idempotency key at the provider."""

    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        CREATED = "created", _("Created")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Entitlements(models.TextChoices):
        CANCEL_IMMEDIATELY = "cancel_immediately", _("Cancel immediately")
        CANCEL_AT_PERIOD_END = "cancel_at_period_end", _("Cancel at period end")
        KEEP = "keep", _("Keep")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=255, null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CREATED)
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=250, blank=True)
    entitlements = models.CharField(
        max_length=25, choices=Entitlements.choices, default=Entitlements.CANCEL_IMMEDIATELY
    )
    # Which order lines it is for, by id; empty: the order as a whole.
    lines = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="a_refund_is_booked_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="a_refund_is_of_something"),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.pk)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
