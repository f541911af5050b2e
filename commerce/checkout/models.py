from django.conf import settings
from django.db import models
from django.db.models import F, Q

from academies.kernel.codes import uuid7
from academies.kernel.money import Money
from commerce.checkout import seals


class PaymentAccount(models.Model):
    """A definition: an academy's account with its payment provider. One row."""

    provider = models.CharField(max_length=30, default="stripe")
    # Sealed, so that the table tells nobody; opened where the provider is spoken to and nowhere else.
    sealed_key = models.TextField()
    sealed_webhook_secret = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider"], name="one_account_per_provider")]

    def __str__(self) -> str:
        return self.provider

    @property
    def secret_key(self) -> str:
        """Raises seals.CannotOpen."""
        return seals.unseal(self.sealed_key)

    @property
    def webhook_secret(self) -> str:
        """Raises seals.CannotOpen."""
        return seals.unseal(self.sealed_webhook_secret)


class Order(models.Model):
    """A record: what one person buys, at the price of that moment."""

    # Wagtail would note, at every save, what a record points at: that is for content.
    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        PENDING = "pending"
        PAID = "paid"
        CANCELLED = "cancelled"
        EXPIRED = "expired"
        REFUNDED = "refunded"
        PARTIALLY_REFUNDED = "partially_refunded"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True, help_text="Counts up within the academy.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    currency = models.CharField(max_length=3)
    subtotal_minor = models.PositiveIntegerField()
    discount_minor = models.PositiveIntegerField(default=0)
    tax_minor = models.PositiveIntegerField(default=0, help_text="Included in the total.")
    total_minor = models.PositiveIntegerField()
    coupon = models.ForeignKey("plans.Coupon", null=True, on_delete=models.PROTECT, related_name="orders")
    billing = models.JSONField(default=dict)
    success_url = models.CharField(max_length=500, blank=True)
    cancel_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="Unpaid until then, it lets go of what it holds.")
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("refund_order", "Can refund orders"), ("cancel_order", "Can cancel orders")]
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
    """A record: one try to pay an order. Its id is the idempotency key towards the provider."""

    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        CREATED = "created"
        OPEN = "open"
        CONFIRMED = "confirmed"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attempts")
    provider = models.CharField(max_length=30)
    # The provider's names for the payment page and for the money.
    reference = models.CharField(max_length=255, null=True)
    payment_reference = models.CharField(max_length=255, null=True)
    url = models.URLField(max_length=2000, blank=True)
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
    """A record: money on its way back. Its id is the idempotency key towards the provider."""

    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        CREATED = "created"
        DONE = "done"
        FAILED = "failed"

    class Entitlements(models.TextChoices):
        CANCEL_IMMEDIATELY = "cancel_immediately"
        CANCEL_AT_PERIOD_END = "cancel_at_period_end"
        KEEP = "keep"

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
