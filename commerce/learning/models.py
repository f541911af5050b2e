from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from academies.kernel.codes import uuid7
from commerce.enrolments.models import Enrolment


class Progress(models.Model):
    """A record: the progress of one enrolled person in one lesson. Never goes down."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    lesson_key = models.UUIDField(help_text="The translation key of the lesson page.")
    # Watched seconds as merged, sorted [start, end] pairs.
    ranges = models.JSONField(default=list)
    position_seconds = models.PositiveIntegerField(default=0)
    # When the player reported the position; reports that were sent earlier don't change it.
    position_at = models.DateTimeField(null=True)
    percent = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson_key"], name="one_progress_per_lesson"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="progress_percent_at_most_100"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"


class Attempt(models.Model):
    """A record: one attempt at a quiz, with the questions as they were when it started."""

    class Status(models.TextChoices):
        STARTED = "started", _("Started")
        SUBMITTED = "submitted", _("Submitted")
        # Closed at the deadline with the saved answers.
        LAPSED = "lapsed", _("Lapsed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attempts")
    lesson_key = models.UUIDField()
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.STARTED)
    # Questions and options in the order shown.
    questions = models.JSONField()
    # Right answers, points, tolerances, feedback and the quiz's settings. Never sent to learners.
    answer_key = models.JSONField()
    revision_id = models.BigIntegerField(null=True, help_text="The page revision that the questions are from.")
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    score = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    max_score = models.DecimalField(max_digits=8, decimal_places=3)
    percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson_key", "number"], name="attempts_are_numbered"),
            models.UniqueConstraint(
                fields=["enrolment", "lesson_key"], condition=Q(status="started"), name="one_open_attempt_per_quiz"
            ),
        ]
        indexes = [models.Index(fields=["deadline_at"], condition=Q(status="started"), name="attempts_open")]

    def __str__(self) -> str:
        return gettext("Attempt %(number)d") % {"number": self.number}

    @property
    def empty_questions(self) -> list[str]:
        """The ids of the questions without an answer, in the order shown."""
        return [question["id"] for question in self.questions if question["id"] not in self.answers]


class Note(models.Model):
    """A record: a learner's private note on a lesson."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="notes")
    lesson_key = models.UUIDField()
    text = models.TextField(max_length=10_000)
    at_seconds = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.text[:40]


class Bookmark(models.Model):
    """A record: a lesson, or a position in it, that a learner has marked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="bookmarks")
    lesson_key = models.UUIDField()
    title = models.CharField(max_length=120, blank=True)
    at_seconds = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson_key", "at_seconds"],
                name="one_bookmark_per_moment",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.lesson_key)
