"""A classroom to learn in: courses with lessons of every kind, and people who may attend them."""

import json
from datetime import timedelta
from typing import Any

from django.utils.text import slugify

from academies.kernel import clock
from catalog.courses.models import CourseIndexPage, CoursePage, LessonPage, SectionPage
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Enrolment

TEXT = ("text", {"text": "<p>Feed it every morning.</p>"})
VIDEO = ("video", {"url": "https://video.example/fold.mp4", "duration_seconds": 600, "must_watch_percent": 90})


def question(kind: str, text: str, *, points: int = 1, **more: Any) -> dict[str, Any]:
    """Describe a question. options: {text: right}.  accepted: a list."""
    options = [{"text": said, "right": right} for said, right in more.get("options", {}).items()]
    return {
        "kind": kind,
        "text": text,
        "points": points,
        "options": options,
        "accepted": more.get("accepted", []),
        "tolerance": more.get("tolerance"),
        "feedback": more.get("feedback", ""),
    }


QUESTIONS = [
    question(
        "single", "Which flour is strong?", options={"bread flour": True, "cake flour": False}, feedback="Gluten."
    ),
    question("multi", "What is in bread?", points=2, options={"flour": True, "water": True, "sand": False}),
    question("text", "What is a long first rest called?", accepted=["autolyse"]),
    question("number", "Water for 500 g of flour at 70 %?", accepted=["350"], tolerance="5"),
]


def quiz(**changes: Any) -> tuple[str, dict[str, Any]]:
    terms = {
        "introduction": "",
        "pass_percent": 70,
        "attempts_allowed": 3,
        "limit_minutes": 0,
        "shuffle": True,
        "feedback_policy": "answers",
        "questions": QUESTIONS,
    }
    return "quiz", {**terms, **changes}


def course(title: str = "Sourdough", lessons: Any = (TEXT, TEXT), *, sections: int = 1, **fields: Any) -> CoursePage:
    """Put a live course into the tree, its lessons spread over its sections in order. Needs an academy entered.

    Nothing has a revision yet, because publishing takes long; a test that looks at revisions publishes itself.
    """
    index = CourseIndexPage.objects.get()
    page = index.add_child(instance=CoursePage(title=title, summary="Bread without yeast.", **fields))
    each = -(-len(lessons) // sections)
    for number in range(sections):
        section = page.add_child(instance=SectionPage(title=f"{title}, part {number + 1}"))
        for activity in lessons[number * each : (number + 1) * each]:
            lesson(section, activity)
    return CoursePage.objects.get(pk=page.pk)


def lesson(section: SectionPage, activity: tuple[str, dict[str, Any]], **fields: Any) -> LessonPage:
    kind, value = activity
    raw = json.dumps([{"type": kind, "value": value}])
    title = fields.pop("title", f"A lesson of {kind}")
    # Wagtail looks for a free slug by counting up from 2, with a query for each that is taken.
    slug = fields.pop("slug", slugify(title) if not section.numchild else f"{slugify(title)}-{section.numchild + 1}")
    page = section.add_child(instance=LessonPage(title=title, slug=slug, activity=raw, **fields))
    return LessonPage.objects.get(pk=page.pk)


def lessons_of(page: CoursePage) -> list[LessonPage]:
    return list(LessonPage.objects.descendant_of(page).order_by("path"))


def enrolled(person: Any, page: CoursePage) -> Enrolment:
    """Give a person a plain entitlement, and so an enrolment."""
    now = clock.now()
    enrolments.grant(
        person=person,
        course_key=page.translation_key,
        source="tests:classroom",
        starts_at=now - timedelta(minutes=1),
        ends_at=None,
        now=now,
    )
    return Enrolment.objects.get(person=person, course_key=page.translation_key)


def answers_to(attempt: Any, right: bool = True) -> dict[str, Any]:
    """Answer a paper from its key, all right or all wrong."""
    given = {}
    for name, key in attempt.key["questions"].items():
        asked = next(question for question in attempt.paper if question["id"] == name)
        wrong = [option["id"] for option in asked["options"] if option["id"] not in key["right"]]
        given[name] = (key["right"] if right else wrong[:1]) or (key["accepted"][0] if right else "no idea")
    return given
