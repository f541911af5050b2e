from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.blocks import CharBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from catalog.courses.blocks import FaqBlock
from catalog.courses.panels import PartsPanel


class CourseIndexPage(Page):
    """A definition: the list of courses."""

    introduction = models.CharField(max_length=250, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types: ClassVar = ["pages.HomePage"]
    subpage_types: ClassVar = ["courses.CoursePage"]
    api_fields: ClassVar = [APIField("introduction")]
    max_count = 1
    template = "courses/course_index_page.html"

    class Meta:
        verbose_name = _("course list")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # Queries import the models.
        from catalog.courses import queries

        return {**super().get_context(request, *args, **kwargs), **queries.listing(request.GET)}


class CoursePage(Page):
    """A definition: a course, its promise, its terms, and the rule that completes it."""

    class Level(models.TextChoices):
        BEGINNER = "beginner", _("Beginner")
        INTERMEDIATE = "intermediate", _("Intermediate")
        ADVANCED = "advanced", _("Advanced")

    class CompletionRule(models.TextChoices):
        ALL_LESSONS = "all_lessons", _("Every lesson is complete")
        PERCENT = "percent", _("A share of the lessons is complete")
        QUIZZES = "quizzes", _("Every quiz is passed")

    summary = models.CharField(
        max_length=250, help_text=_("One sentence: what will they be able to do? Shown on cards and in search results.")
    )
    cover = models.ForeignKey(
        "library.AcademyImage", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    category = models.ForeignKey(
        "courses.Category", null=True, blank=True, on_delete=models.SET_NULL, related_name="courses"
    )
    level = models.CharField(max_length=20, choices=Level.choices, default=Level.BEGINNER)
    outcomes = StreamField(
        [("outcome", CharBlock(max_length=150))],
        blank=True,
        help_text=_("What they will be able to do, one line each."),
    )
    description = RichTextField(blank=True, features=["h3", "bold", "italic", "link", "ol", "ul"])
    audience = models.TextField(blank=True, help_text=_("Who it is for, and who it is not for."))
    prerequisites = models.TextField(blank=True)
    effort = models.CharField(max_length=80, blank=True, help_text=_("Such as: 2 hours a week for 2 weeks."))
    refund_policy = models.CharField(max_length=150, blank=True)
    faq = StreamField([("question", FaqBlock())], blank=True)

    completion_rule = models.CharField(
        max_length=20,
        choices=CompletionRule.choices,
        default=CompletionRule.ALL_LESSONS,
        help_text=_(
            "A stricter rule is for those who enrol from now on. An easier one counts for everybody, from the "
            "next lesson they complete."
        ),
    )
    completion_percent = models.PositiveSmallIntegerField(
        default=100, validators=[MaxValueValidator(100)], help_text=_("Used by the rule with a share.")
    )
    new_lessons_required = models.BooleanField(
        default=False,
        help_text=_(
            "Ask those who are enrolled already for lessons that are added later. Otherwise they see new lessons "
            "and complete the course with those it had when they enrolled."
        ),
    )
    gives_certificate = models.BooleanField(default=True)
    certificate_title = models.CharField(max_length=200, blank=True, help_text=_("Empty: the title of the course."))
    certificate_hours = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    cpd_credits = models.DecimalField("CPD credits", max_digits=5, decimal_places=1, default=0)

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("cover"),
        FieldRowPanel([FieldPanel("category"), FieldPanel("level"), FieldPanel("effort")]),
        InlinePanel("course_instructors", label=_("instructor"), heading=_("Instructors")),
        PartsPanel(heading=_("Sections and lessons")),
        FieldPanel("outcomes"),
        FieldPanel("description"),
        MultiFieldPanel(
            [FieldPanel("audience"), FieldPanel("prerequisites"), FieldPanel("refund_policy")], heading=_("For whom")
        ),
        FieldPanel("faq"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("completion_rule"), FieldPanel("completion_percent")]),
                FieldPanel("new_lessons_required"),
                FieldPanel("gives_certificate"),
                FieldRowPanel(
                    [FieldPanel("certificate_title"), FieldPanel("certificate_hours"), FieldPanel("cpd_credits")]
                ),
            ],
            heading=_("Completion and certificate"),
        ),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("description"),
        index.AutocompleteField("title"),
        index.FilterField("level"),
        index.FilterField("category_id"),
    ]
    api_fields: ClassVar = [
        APIField(name)
        for name in (
            "summary", "cover", "category", "level", "outcomes", "description", "audience", "prerequisites", "effort",
            "refund_policy", "faq", "gives_certificate", "cpd_credits",
        )
    ]  # fmt: skip
    parent_page_types: ClassVar = ["courses.CourseIndexPage"]
    subpage_types: ClassVar = ["courses.SectionPage"]
    template = "courses/course_page.html"
    # The explorer lists sections as learners meet them, and lets an editor drag them.
    admin_default_ordering = "ord"

    class Meta:
        # As the admin says it: "Add course", "6 courses".
        verbose_name = _("course")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # Queries import the models.
        from catalog.courses import queries

        context = super().get_context(request, *args, **kwargs)
        return {**context, "course": self, "outline": queries.outline(self), "instructors": queries.instructors(self)}


class CourseInstructor(Orderable):
    """A definition: who teaches a course, in the order shown."""

    on_public_pages = True

    course = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="course_instructors")
    instructor = models.ForeignKey("courses.Instructor", on_delete=models.CASCADE, related_name="taught_courses")

    panels = [FieldPanel("instructor")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["course", "instructor"], name="an_instructor_once_per_course")]

    def __str__(self) -> str:
        return str(self.instructor)
