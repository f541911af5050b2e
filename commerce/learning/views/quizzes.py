"""HTML doors of quizzes: one is started, answered and looked at. Without JavaScript."""

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
from commerce.learning.queries import Place
from commerce.learning.views.lessons import lesson_action, next_lesson

# Where the answers of somebody who is signed out wait in the session until they are signed in again.
_WAITING = "answers_before_sign_in"
Answers = dict[str, list[str] | str]


@lesson_action
def start_quiz(request: HttpRequest, *, lesson: LessonPage, place: Place, now: datetime) -> HttpResponse:
    """Start a quiz, or go on with the open attempt. What comes before the start is the lesson's own page."""
    attempt, _ = actions.start(enrolment=cast(Enrolment, place.enrolment), lesson=lesson, now=now)
    return redirect("quiz_attempt", attempt.pk)


def _own(request: HttpRequest, pk: UUID) -> tuple[Attempt, LessonPage]:
    attempt = queries.own_attempt(cast(User, request.user), pk)
    lesson = queries.lesson_of_key(attempt.lesson_key) if attempt else None
    if attempt is None or lesson is None:
        raise Http404
    return attempt, lesson


@never_cache
def sit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the questions of an open attempt; POST submits the answers, or only saves them with `save`.

    With a question empty nothing is submitted before the learner has said so, with `submit_anyway`.
    """
    if not request.user.is_authenticated:
        return _sign_in_first(request, pk)
    attempt, lesson = _own(request, pk)
    now = clock.now()
    try:
        if request.method != "POST":
            return _open_attempt(request, attempt, lesson, now)
        if "save" in request.POST:
            actions.save(attempt=attempt, answers=_changed(request, attempt), now=now)
            messages.success(request, _("Your answers are saved. Come back and go on."))
            return redirect(lesson.url)
        allow_empty = "submit_anyway" in request.POST
        attempt = actions.submit(attempt=attempt, answers=_changed(request, attempt), now=now, allow_empty=allow_empty)
    except actions.NotAnswers as refusal:
        return _page(request, attempt, lesson, error=refusal)
    except (actions.DeadlinePassed, actions.AlreadySubmitted) as refusal:
        actions.close_if_over(attempt=attempt, now=now)
        messages.warning(request, _(refusal.message))
        return redirect("quiz_result", attempt.pk)
    if attempt.status == Attempt.Status.STARTED:
        return _page(request, attempt, lesson, ask_about_empty=True)
    return redirect("quiz_result", attempt.pk)


def _sign_in_first(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a sign-in; answers that were sent wait in the session, which the sign-in keeps."""
    attempt = Attempt.objects.filter(pk=pk, status=Attempt.Status.STARTED).first()
    if request.method == "POST" and attempt is not None:
        request.session[_WAITING] = {"attempt": str(pk), "answers": _changed(request, attempt)}
        messages.warning(request, _("You were signed out. Sign in: your answers are kept and will be saved."))
    return redirect_to_login(request.path)


def _open_attempt(request: HttpRequest, attempt: Attempt, lesson: LessonPage, now: datetime) -> HttpResponse:
    waiting = request.session.get(_WAITING)
    if waiting and waiting["attempt"] == str(attempt.pk):
        del request.session[_WAITING]
        attempt = actions.save(attempt=attempt, answers=waiting["answers"], now=now)
        messages.success(request, _("The answers from before you signed in are saved. Nothing is submitted yet."))
    attempt = actions.close_if_over(attempt=attempt, now=now)
    if attempt.status != Attempt.Status.STARTED:
        return redirect("quiz_result", attempt.pk)
    return _page(request, attempt, lesson)


def _page(
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


def _changed(request: HttpRequest, attempt: Attempt) -> Answers:
    """Return the answers that were changed on the page that was sent.

    The page says which answers it showed. Those that come back as they were are left alone, because another tab or
    device may have changed them since.
    """
    shown = _shown_answers(request)
    answers = {question["id"]: _answer(request, question) for question in attempt.paper}
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
    """Show what an attempt earned, as far as its feedback policy allows."""
    attempt, lesson = _own(request, pk)
    if attempt.status == Attempt.Status.STARTED:
        return redirect("quiz_attempt", attempt.pk)
    state = queries.quiz_state(attempt.enrolment, lesson)
    following = next_lesson(lesson)
    context = {
        "lesson": lesson,
        "course": course_of(lesson),
        "attempt": attempt,
        "enrolment": attempt.enrolment,
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
