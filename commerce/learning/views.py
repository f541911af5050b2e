"""HTML doors of learning: a lesson is done; a quiz is started, sat and looked at. Without JavaScript."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from academies.kernel import clock
from academies.people.models import User
from catalog.courses import queries as courses
from catalog.courses.facts import OutlineLesson
from catalog.courses.models import LessonPage
from catalog.courses.models.lesson import course_of
from commerce.enrolments.models import Enrolment
from commerce.learning import actions, queries
from commerce.learning.models import Attempt

MY_LEARNING = "my_learning"


def _lesson(lesson_id: int) -> LessonPage:
    return get_object_or_404(LessonPage.objects.live(), pk=lesson_id)


@never_cache
def complete(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """Mark a lesson as done, and go on to the next."""
    lesson = _lesson(lesson_id)
    if not request.user.is_authenticated:
        return redirect_to_login(lesson.url)
    if request.method != "POST":
        return redirect(lesson.url)
    now = clock.now()
    place = actions.take_place(person=request.user, lesson_id=lesson_id, now=now)
    enrolment = cast(Enrolment, place.enrolment)
    actions.view(enrolment=enrolment, lesson=lesson, now=now, known=place.progress)
    following = _following(lesson)
    if following is not None:
        return redirect(following.url)
    if enrolment.status == Enrolment.Status.COMPLETED:
        messages.success(request, f"You have completed {enrolment.course_title}.")
    return redirect(MY_LEARNING)


def _following(lesson: LessonPage) -> OutlineLesson | None:
    lessons = courses.outline(course_of(lesson)).lessons
    at = next((number for number, one in enumerate(lessons) if one.key == lesson.translation_key), len(lessons))
    return lessons[at + 1] if at + 1 < len(lessons) else None


@never_cache
def start_quiz(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """Start a quiz, or go on with the open attempt. What comes before the start is the lesson's own page."""
    lesson = _lesson(lesson_id)
    if not request.user.is_authenticated:
        return redirect_to_login(lesson.url)
    if request.method != "POST":
        return redirect(lesson.url)
    now = clock.now()
    place = actions.take_place(person=request.user, lesson_id=lesson_id, now=now)
    attempt, _ = actions.start(enrolment=cast(Enrolment, place.enrolment), lesson=lesson, now=now)
    return redirect("quiz_attempt", attempt.pk)


def _own(request: HttpRequest, pk: UUID) -> tuple[Attempt, LessonPage]:
    attempt = queries.own_attempt(cast(User, request.user), pk)
    lesson = queries.lesson_of_key(attempt.lesson_key) if attempt else None
    if attempt is None or lesson is None:
        raise Http404
    return attempt, lesson


@never_cache
@login_required
def sit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the paper of an open attempt; POST hands it in, or only keeps the answers with `save`."""
    attempt, lesson = _own(request, pk)
    now = clock.now()
    if request.method != "POST":
        attempt = actions.close_if_over(attempt=attempt, now=now)
        if attempt.status != Attempt.Status.STARTED:
            return redirect("quiz_result", attempt.pk)
        return render(request, "learning/quiz_attempt.html", _paper(attempt, lesson))
    answers = _answers(request, attempt)
    try:
        if "save" in request.POST:
            actions.save(attempt=attempt, answers=answers, now=now)
            messages.success(request, "Your answers are kept. Come back and go on.")
            return redirect(lesson.url)
        actions.submit(attempt=attempt, answers=answers, now=now)
    except actions.NotAnswers as refusal:
        return render(request, "learning/quiz_attempt.html", {**_paper(attempt, lesson), "error": refusal}, status=400)
    except (actions.DeadlinePassed, actions.AlreadySubmitted) as refusal:
        actions.close_if_over(attempt=attempt, now=now)
        messages.warning(request, refusal.message)
    return redirect("quiz_result", attempt.pk)


def _paper(attempt: Attempt, lesson: LessonPage) -> dict[str, Any]:
    return {"lesson": lesson, "course": course_of(lesson), "attempt": attempt, "answers": attempt.answers, "error": ""}


def _answers(request: HttpRequest, attempt: Attempt) -> dict[str, Any]:
    return {
        question["id"]: request.POST.getlist(question["id"])
        if question["options"]
        else request.POST.get(question["id"], "")
        for question in attempt.paper
    }


@never_cache
@login_required
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what an attempt earned, as far as its feedback policy allows."""
    attempt, lesson = _own(request, pk)
    if attempt.status == Attempt.Status.STARTED:
        return redirect("quiz_attempt", attempt.pk)
    state = queries.quiz_state(attempt.enrolment, lesson)
    following = _following(lesson)
    context = {
        "lesson": lesson,
        "course": course_of(lesson),
        "attempt": attempt,
        "pass_percent": attempt.key["pass_percent"],
        "questions": [_shown(told) for told in queries.report(attempt)],
        "may_retry": lesson.live and not attempt.passed and state.left != 0,
        "attempts_left": state.left,
        "next_url": following.url if following else "",
        "next_title": following.title if following else "",
    }
    return render(request, "learning/quiz_result.html", context)


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    """Lay what was answered, and what was right if that may be told, over the options of a question."""
    given, right = told["answer"] or [], told.get("right") or []
    options = [
        {"text": option["text"], "given": option["id"] in given, "right": option["id"] in right}
        for option in told["options"]
    ]
    return {**told, "options": options, "right_answers": [] if options else right}
