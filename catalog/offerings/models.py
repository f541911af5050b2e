from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Orderable

from academies.kernel.codes import uuid7
from academies.kernel.money import Money
from academies.tenants import queries as tenants
from academies.tenants.money_fields import MinorUnitsField


def academy_currency() -> str:
    """Return the currency of the current academy: the default of every new price."""
    return tenants.current().currency


# A year.
LONGEST_HOLD = 525_600
_CLOCK = (
    "By the clock of your account, which is the academy's unless you changed it. Visitors read the clock of the venue."
)


class Offering(Orderable):
    """A definition: a date, a number of seats and a price. Its state is a record: see STATE."""

    on_public_pages = True

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        CANCELLED = "cancelled", _("Cancelled")

    # Written by actions only: saving a form, a draft or a revision, however old, leaves these as they are.
    STATE = ("status", "cancelled_at", "moved_at", "previous_starts_at", "changed_at", "sequence")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="offerings")
    title = models.CharField(max_length=120, blank=True, help_text=_("Only needed when a page has several dates."))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats = models.PositiveIntegerField(null=True, blank=True, help_text=_("Empty: as many as come."))
    waiting_list = models.BooleanField(
        default=True, help_text=_("When full, people may queue; a freed seat goes to the first in line.")
    )
    hold_minutes = models.PositiveIntegerField(
        default=1440,
        validators=[MaxValueValidator(LONGEST_HOLD)],
        help_text=_("How long a freed seat, or an unpaid one, is kept for one person."),
    )
    price_minor = MinorUnitsField("price", default=0, help_text=_("0 is free."))
    currency = models.CharField(max_length=3, default=academy_currency, editable=False)
    opens_at = models.DateTimeField(null=True, blank=True, help_text=_("Registration opens. Empty: at once."))
    closes_at = models.DateTimeField(null=True, blank=True, help_text=_("Registration closes. Empty: at the start."))
    cpd_minutes = models.PositiveIntegerField("CPD minutes", default=0, help_text=_("60 minutes are one credit."))

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SCHEDULED, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    # Who registered before it may give their seat up for all their money.
    moved_at = models.DateTimeField(null=True, editable=False)
    previous_starts_at = models.DateTimeField(null=True, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    # How often it was moved or cancelled: what calendars tell a newer entry by.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")], help_text=_CLOCK),
        FieldRowPanel([FieldPanel("seats"), FieldPanel("waiting_list"), FieldPanel("hold_minutes")]),
        FieldRowPanel([FieldPanel("price_minor"), FieldPanel("cpd_minutes")]),
        MultiFieldPanel([FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")])], heading=_("Registration")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("date")
        default_permissions = ("view",)
        permissions = [("cancel_offering", "Can cancel dates")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="offering_ends_after_start"
            ),
            models.CheckConstraint(condition=models.Q(hold_minutes__lte=LONGEST_HOLD), name="hold_ends_within_a_year"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A revision brings the key back as text, which equals no row: publishing would take every date away.
        if isinstance(self.pk, str):
            self.pk = UUID(self.pk)

    def __str__(self) -> str:
        return self.title or f"{timezone.localtime(self.starts_at):%d %B %Y, %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what editors author. The state of a date that exists stays as it is; a new one is scheduled."""
        if kwargs.get("update_fields") is None:
            if Offering.objects.filter(pk=self.pk).exists():
                authored = [field.name for field in self._meta.concrete_fields if not field.primary_key]
                kwargs["update_fields"] = [name for name in authored if name not in self.STATE]
            else:
                for name in self.STATE:
                    setattr(self, name, self._meta.get_field(name).get_default())
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": gettext("The end must come after the start.")})

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def registration_ends_at(self) -> datetime:
        return self.closes_at or self.starts_at
