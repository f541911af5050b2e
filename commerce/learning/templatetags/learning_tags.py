"""The visitor's own progress and attempts on pages. A page may ask the same thing in several places: it costs one query."""

from collections.abc import Callable
from typing import Any

from django import template
from django.template import Context

from commerce.enrolments.models import Enrolment
from commerce.learning import queries as learning
from commerce.learning.models import Progress

register = template.Library()


def once(context: Context, key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
    """Return what `compute` returns, computed once for each request and key."""
    request = context.get("request")
    known = {} if request is None else request.__dict__.setdefault("_tag_results", {})
    if key not in known:
        known[key] = compute()
    return known[key]


def visitor(context: Context) -> Any:
    """Return the signed-in person, or None."""
    person = getattr(context.get("request"), "user", None)
    return person if person is not None and person.is_authenticated else None


@register.simple_tag(takes_context=True)
def lesson_progress(context: Context, outline: Any) -> dict[int, Progress]:
    """Return the visitor's progress by lesson id; lessons that aren't started are missing."""
    person = visitor(context)
    if person is None:
        return {}
    by_key = _progress_by_key(context, person, outline)
    return {lesson.id: by_key[lesson.key] for lesson in outline.lessons if lesson.key in by_key}


@register.simple_tag(takes_context=True)
def lessons_taken_away(context: Context, outline: Any, enrolment: Enrolment | None) -> int:
    """Return how many lessons the visitor still has to complete that the outline no longer shows."""
    if enrolment is None or enrolment.status != Enrolment.Status.ACTIVE or enrolment.requirement_set is None:
        return 0
    by_key = _progress_by_key(context, enrolment.person_id, outline)
    done = {key for key, progress in by_key.items() if progress.completed_at is not None}
    return len(set(enrolment.requirement_set.lesson_keys) - done - {lesson.key for lesson in outline.lessons})


def _progress_by_key(context: Context, person: Any, outline: Any) -> dict[Any, Progress]:
    return once(context, ("progress", outline.course_key), lambda: _progress(person, outline.course_key))


def _progress(person: Any, course_key: Any) -> dict[Any, Progress]:
    rows = Progress.objects.filter(enrolment__person=person, enrolment__course_key=course_key).defer("ranges")
    return {row.lesson_key: row for row in rows}


@register.simple_tag(takes_context=True)
def quiz_state(context: Context, lesson: Any) -> learning.QuizState:
    """Return the visitor's attempts at a quiz: .open, .best, .used and .left, None for no limit."""
    return learning.quiz_state(context.get("enrolment"), lesson)
