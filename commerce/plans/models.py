from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.search import index

from academies.kernel.codes import uuid7
from academies.kernel.money import Money
from academies.tenants.money_fields import MinorUnitsField
from catalog.offerings.models import academy_currency

# A century: counted on from today, more leads to days that no calendar has.
LONGEST_ACCESS = 36_500


class Plan(index.Indexed, ClusterableModel):
    """A definition: a price, and the courses it opens."""

    on_public_pages = True

    class Interval(models.TextChoices):
        ONCE = "once", _("Once")
        MONTH = "month", _("Every month")
        YEAR = "year", _("Every year")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=120, unique=True, help_text=_("What the checkout calls it."))
    description = models.CharField(max_length=250, blank=True)
    price_minor = MinorUnitsField("price", help_text=_("0 is free."))
    currency = models.CharField(max_length=3, default=academy_currency, editable=False)
    interval = models.CharField(max_length=10, choices=Interval.choices, default=Interval.ONCE)
    access_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_ACCESS)],
        help_text=_("How long it opens them. Empty: for good."),
    )
    all_courses = models.BooleanField(default=False, help_text=_("Opens every course, also those of tomorrow."))
    courses = ParentalManyToManyField("courses.CoursePage", blank=True, related_name="plans")
    on_sale = models.BooleanField(default=True)

    panels = [
        FieldPanel("title"),
        FieldPanel("slug"),
        FieldPanel("description"),
        FieldRowPanel([FieldPanel("price_minor"), FieldPanel("interval"), FieldPanel("access_days")]),
        FieldPanel("all_courses"),
        FieldPanel("courses"),
        FieldPanel("on_sale"),
    ]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title")]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(access_days__lte=LONGEST_ACCESS), name="plan_ends_in_our_time"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class Coupon(models.Model):
    """A definition: a code that lowers a price. How often it was used is counted from orders, under the row's lock."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True, help_text=_("Not case sensitive."))
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    amount_minor = MinorUnitsField("amount", null=True, blank=True, help_text=_("Either a percentage or an amount."))
    max_uses = models.PositiveIntegerField(null=True, blank=True, help_text=_("Empty: no limit."))
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    plans = models.ManyToManyField(Plan, blank=True, help_text=_("Empty: everything on sale."))

    panels = [
        FieldPanel("code"),
        FieldRowPanel([FieldPanel("percent"), FieldPanel("amount_minor")]),
        FieldRowPanel([FieldPanel("max_uses"), FieldPanel("valid_from"), FieldPanel("valid_until")]),
        FieldPanel("plans"),
    ]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__isnull=True) ^ models.Q(amount_minor__isnull=True),
                name="coupon_is_percent_or_amount",
            ),
            models.UniqueConstraint(
                Upper("code"), name="one_coupon_per_code", violation_error_message="There is a coupon with this code."
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def amount(self) -> Money | None:
        """What it takes off, in the academy's currency: the one that everything new is priced in."""
        return None if self.amount_minor is None else Money(self.amount_minor, academy_currency())
