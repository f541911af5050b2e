from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from academies.kernel.codes import uuid7
from commerce.enrolments import rules


class RequirementSet(models.Model):
    """A record: what a course requires for completion, shared by all who enrolled while it required the same.

    Never changed: when a course requires something else, a new row is created for later enrolments.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course_key = models.UUIDField(help_text="The translation key of the course page.")
    rule = models.CharField(max_length=20, help_text="The completion rule of the course: how many lessons it takes.")
    needed_percent = models.PositiveSmallIntegerField()
    # Sorted translation keys. Quizzes are lessons too.
    lesson_keys = ArrayField(models.UUIDField())
    quiz_keys = ArrayField(models.UUIDField())
    # Of all of the above; see `rules.requirements_digest`.
    digest = models.CharField(max_length=32)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["course_key", "digest"], name="requirements_stored_once")]

    def __str__(self) -> str:
        return f"{len(self.lesson_keys)} lessons, {self.rule}"


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def attending(self) -> "EnrolmentQuerySet":
        """Those whose person may attend, if they are entitled to the course."""
        return self.filter(status__in=[Enrolment.Status.ACTIVE, Enrolment.Status.COMPLETED])

    def with_access(self, now: datetime) -> "EnrolmentQuerySet":
        """Annotate the access at this moment, before the periodic task has stored that it ended.

        is_open: whether an entitlement is live.  access_ends_at: when the last entitlement ends or ended; None is never.
        status_now: the status, which is cancelled or expired without a live entitlement.
        """
        statuses = Enrolment.Status
        entitlements = Entitlement.objects.filter(person=OuterRef("person"), revoked_at=None)
        entitlements = entitlements.opening(OuterRef("course_key"))
        last = entitlements.exclude(ends_at=None).order_by("-ends_at").values("ends_at")[:1]
        ends_at = Case(When(Exists(entitlements.filter(ends_at=None)), then=None), default=Subquery(last))
        annotated = self.annotate(is_open=Exists(entitlements.live(now)), access_ends_at=ends_at)
        ended = [
            When(
                status=statuses.ACTIVE, is_open=False, access_ends_at=None, then=Value(rules.end_status(ran_out=False))
            ),
            When(status=statuses.ACTIVE, is_open=False, then=Value(rules.end_status(ran_out=True))),
        ]
        return annotated.annotate(status_now=Case(*ended, default=F("status")))  # type: ignore[no-redef]


class Enrolment(models.Model):
    """A record: one person's enrolment in one course. There is one, whatever happens to their access."""

    # Wagtail's reference index is for content.
    wagtail_reference_index_ignore = True
    # Annotated by `with_access`.
    is_open: bool
    access_ends_at: datetime | None
    status_now: str

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    course_key = models.UUIDField(help_text="The translation key of the course page.")
    course = models.ForeignKey("courses.CoursePage", null=True, on_delete=models.SET_NULL, related_name="+")
    course_title = models.CharField(max_length=255)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    percent = models.PositiveSmallIntegerField(default=0)
    # Null while the course has no lesson; then it is set when the first lesson is completed.
    requirement_set = models.ForeignKey(RequirementSet, null=True, on_delete=models.PROTECT, related_name="enrolments")
    enrolled_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions = [("cancel_enrolment", "Can cancel enrolments")]
        constraints = [
            models.UniqueConstraint(fields=["person", "course_key"], name="one_enrolment_per_person_and_course"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="enrolment_percent_at_most_100"),
        ]
        indexes = [models.Index(fields=["course_key", "status"])]

    def __str__(self) -> str:
        return f"{self.person} in {self.course_title}"

    @property
    def is_attending(self) -> bool:
        return self.status in (self.Status.ACTIVE, self.Status.COMPLETED)


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    def live(self, now: datetime) -> "EntitlementQuerySet":
        return self.lasting(now).filter(starts_at__lte=now)

    def lasting(self, now: datetime) -> "EntitlementQuerySet":
        """Those that have not ended, including those that start later."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now), revoked_at=None)

    def opening(self, course_key: UUID | OuterRef) -> "EntitlementQuerySet":
        return self.filter(Q(course_key=course_key) | Q(course_key=None))


class Entitlement(models.Model):
    """A record: the right of a person to attend a course, or every course, and what granted it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="entitlements")
    course_key = models.UUIDField(null=True, help_text="Empty: every course of the academy.")
    # What granted it: order_line:<id>, free:<plan>, staff:<person>. Granting it twice is one row.
    source = models.CharField(max_length=80)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["person", "source", "course_key"], name="one_entitlement_per_source", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["source"])]

    def __str__(self) -> str:
        return self.source


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def waiting(self) -> "RegistrationQuerySet":
        """The waiting list, longest waiting first."""
        return self.filter(status=Registration.Status.WAITLISTED).order_by("waiting_since", "id")


class Registration(models.Model):
    """A record: one person's seat at one offering, or their place on its waiting list."""

    on_public_pages = True
    # Wagtail's reference index is for content.
    wagtail_reference_index_ignore = True

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        CONFIRMED = "confirmed", _("Confirmed")
        WAITLISTED = "waitlisted", _("Waitlisted")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    LIVE = (Status.PENDING, Status.CONFIRMED, Status.WAITLISTED)

    class Cause(models.TextChoices):
        GIVEN_UP = "given_up", _("Given Up")
        BY_STAFF = "by_staff", _("By Staff")
        ORDER_ENDED = "order_ended", _("Order Ended")
        DATE_CANCELLED = "date_cancelled", _("Date Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="registrations")
    offering = models.ForeignKey("offerings.Offering", on_delete=models.PROTECT, related_name="registrations")
    status = models.CharField(max_length=10, choices=Status.choices)
    # Until when the seat of a pending registration is held for payment.
    hold_until = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    # The order that pays for it, as `order:<id>`; empty for a free seat.
    source = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Why it was cancelled.
    cause = models.CharField(max_length=20, choices=Cause.choices, blank=True)
    # The refund terms shown when the seat was ordered; null for those of the page.
    terms = models.JSONField(null=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("cancel_registration", "Can cancel registrations"),
            ("promote_registration", "Can give waiting people a seat"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "offering"],
                condition=Q(status__in=["pending", "confirmed", "waitlisted"]),
                name="one_live_registration_per_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="pending") | Q(hold_until__isnull=False), name="pending_has_a_hold"
            ),
            models.CheckConstraint(
                condition=~Q(status="waitlisted") | Q(waiting_since__isnull=False), name="waiting_has_a_since"
            ),
        ]
        indexes = [
            models.Index(fields=["offering", "status", "waiting_since"]),
            models.Index(fields=["status", "hold_until"]),
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.offering}"

    @property
    def waiting_position(self) -> int | None:
        """The position on the waiting list, from 1; None if it isn't waiting. Read it with `with_waiting_position`."""
        before = getattr(self, "people_before", None)
        return before + 1 if self.status == self.Status.WAITLISTED and before is not None else None

    @staticmethod
    def holding(now: datetime, *, prefix: str = "") -> Q:
        """Return the condition of taking a seat: confirmed, or pending with a hold that hasn't run out.

        prefix: of the lookups, such as `registrations__`.
        """
        confirmed, pending = Registration.Status.CONFIRMED, Registration.Status.PENDING
        held = Q(**{f"{prefix}status": pending, f"{prefix}hold_until__gt": now})
        return Q(**{f"{prefix}status": confirmed}) | held
