"""A course with a text, a video and a quiz, and its plan."""

from typing import Any

from catalog.courses.models import CoursePage
from commerce.plans.models import Plan
from tests.fixtures import lesson_factory
from tests.fixtures.lesson_factory import TEXT

RIGHT, WRONG = "bread flour", "cake flour"
QUESTION = lesson_factory.question("single", "Which flour is strong?", options={RIGHT: True, WRONG: False})
QUIZ = lesson_factory.quiz(pass_percent=100, attempts_allowed=0, questions=[QUESTION])
# A second or two of honest watching completes it.
VIDEO = ("video", {"url": "https://video.example/fold.mp4", "duration_seconds": 3, "must_watch_percent": 90})


def course(title: str = "Sourdough", lessons: Any = (TEXT, VIDEO, QUIZ), **fields: Any) -> CoursePage:
    """Publish a course that gives a certificate for 6.5 hours."""
    return lesson_factory.course(title, lessons, **{"certificate_hours": "6.5", **fields})


def plan(of: CoursePage, *, price_minor: int = 4900) -> Plan:
    """Put a course on sale. Returns its plan; the slug is the course's."""
    new_plan = Plan.objects.create(title=of.title, slug=of.slug, price_minor=price_minor)
    new_plan.courses.set([of])
    new_plan.save()
    return new_plan
