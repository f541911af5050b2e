"""Views that start, answer and show quizzes without JavaScript."""

import json
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from academies.kernel import clock, errors
from academies.people.models import User
from catalog.courses.models import LessonPage
from catalog.courses.models.lesson import course_of
from commerce.enrolments.models import Enrolment
from commerce.learning import actions, queries
from commerce.learning.models import Attempt
from commerce.learning.queries import LessonAccess
from commerce.learning.views.lessons import lesson_action, next_lesson

# The session key of answers sent after the session had ended, until the learner is signed in again.
_UNSAVED_ANSWERS = "answers_before_sign_in"
Answers = dict[str, list[str] | str]


@lesson_action
def start_quiz(request: HttpRequest, *, lesson: LessonPage, access: LessonAccess, now: datetime) -> HttpResponse:
    """Start a quiz, or continue the open attempt."""
    attempt, _is_new = actions.start_attempt(enrolment=cast(Enrolment, access.enrolment), lesson=lesson, now=now)
    return redirect("quiz_attempt", attempt.pk)


def _own_attempt(request: HttpRequest, pk: UUID) -> tuple[Attempt, LessonPage]:
    attempt = queries.own_attempt(cast(User, request.user), pk)
    lesson = queries.lesson_by_key(attempt.lesson_key) if attempt else None
    if attempt is None or lesson is None:
        raise Http404
    return attempt, lesson


@never_cache
def take_quiz(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the questions of an open attempt; POST submits the answers, or only saves them with `save`.

    If a question is empty, nothing is submitted until the learner confirms it with `submit_anyway`.
    """
    if not request.user.is_authenticated:
        return _sign_in_first(request, pk)
    attempt, lesson = _own_attempt(request, pk)
    now = clock.now()
    try:
        if request.method != "POST":
            return _open_attempt(request, attempt, lesson, now)
        if "save" in request.POST:
            actions.save_answers(attempt=attempt, answers=_changed_answers(request, attempt), now=now)
            messages.success(request, _("Your answers are saved. You can continue later."))
            return redirect(lesson.url)
        answers, allow_empty = _changed_answers(request, attempt), "submit_anyway" in request.POST
        attempt = actions.submit_attempt(attempt=attempt, answers=answers, now=now, allow_empty=allow_empty)
    except actions.InvalidAnswers as refusal:
        return _attempt_page(request, attempt, lesson, error=refusal)
    except (actions.DeadlinePassed, actions.AlreadySubmitted) as refusal:
        actions.close_if_overdue(attempt=attempt, now=now)
        messages.warning(request, refusal.message)
        return redirect("quiz_result", attempt.pk)
    if attempt.status == Attempt.Status.STARTED:
        return _attempt_page(request, attempt, lesson, ask_about_empty=True)
    return redirect("quiz_result", attempt.pk)


def _sign_in_first(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Redirect to the sign-in, and keep the answers that were sent in the session."""
    attempt = Attempt.objects.filter(pk=pk, status=Attempt.Status.STARTED).first()
    if request.method == "POST" and attempt is not None:
        request.session[_UNSAVED_ANSWERS] = {"attempt": str(pk), "answers": _changed_answers(request, attempt)}
        messages.warning(request, _("You were signed out. Sign in to save your answers."))
    return redirect_to_login(request.path)


def _open_attempt(request: HttpRequest, attempt: Attempt, lesson: LessonPage, now: datetime) -> HttpResponse:
    unsaved = request.session.get(_UNSAVED_ANSWERS)
    if unsaved and unsaved["attempt"] == str(attempt.pk):
        del request.session[_UNSAVED_ANSWERS]
        attempt = actions.save_answers(attempt=attempt, answers=unsaved["answers"], now=now)
        messages.success(request, _("The answers from before you signed in are saved. They are not submitted yet."))
    attempt = actions.close_if_overdue(attempt=attempt, now=now)
    if attempt.status != Attempt.Status.STARTED:
        return redirect("quiz_result", attempt.pk)
    return _attempt_page(request, attempt, lesson)


def _attempt_page(
    request: HttpRequest,
    attempt: Attempt,
    lesson: LessonPage,
    *,
    error: errors.Refusal | None = None,
    ask_about_empty: bool = False,
) -> HttpResponse:
    context = {
        "lesson": lesson,
        "course": course_of(lesson),
        "attempt": attempt,
        "answers": attempt.answers,
        "shown": json.dumps(attempt.answers),
        "empty": attempt.empty_questions if ask_about_empty else [],
        "error": error or "",
    }
    return render(request, "learning/quiz_attempt.html", context, status=400 if error else 200)


def _changed_answers(request: HttpRequest, attempt: Attempt) -> Answers:
    """Return the answers that were changed on the submitted page.

    The page sends the answers that it showed, too. Unchanged ones are left out, because another tab or device may have
    changed them since.
    """
    shown = _shown_answers(request)
    answers = {question["id"]: _answer(request, question) for question in attempt.questions}
    return {
        name: answer for name, answer in answers.items() if shown is None or answer != shown.get(name, type(answer)())
    }


def _answer(request: HttpRequest, question: dict[str, Any]) -> list[str] | str:
    if question["options"]:
        return request.POST.getlist(question["id"])
    return request.POST.get(question["id"], "")


def _shown_answers(request: HttpRequest) -> dict[str, Any] | None:
    try:
        shown = json.loads(request.POST.get("shown", ""))
    except ValueError:
        return None
    return shown if isinstance(shown, dict) else None


@never_cache
@login_required
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the result of an attempt, as far as the quiz's feedback policy allows."""
    attempt, lesson = _own_attempt(request, pk)
    if attempt.status == Attempt.Status.STARTED:
        return redirect("quiz_attempt", attempt.pk)
    state = queries.quiz_state(attempt.enrolment, lesson)
    following = next_lesson(lesson)
    context = {
        "lesson": lesson,
        "course": course_of(lesson),
        "attempt": attempt,
        "enrolment": attempt.enrolment,
        "pass_percent": attempt.answer_key["pass_percent"],
        "questions": [_with_choices(entry) for entry in queries.report(attempt)],
        "may_retry": lesson.live and not attempt.passed and state.left != 0,
        "attempts_left": state.left,
        "next_url": following.url if following else "",
        "next_title": following.title if following else "",
    }
    return render(request, "learning/quiz_result.html", context)


def _with_choices(entry: dict[str, Any]) -> dict[str, Any]:
    """Mark the options of a question that were chosen, and those that are right if the report says so."""
    chosen, right = entry["answer"] or [], entry.get("right") or []
    options = [
        {"text": option["text"], "given": option["id"] in chosen, "right": option["id"] in right}
        for option in entry["options"]
    ]
    return {**entry, "options": options, "right_answers": [] if options else right}
