"""Quizzes through the API. Nothing here shows a key; a result shows what the quiz's feedback policy allows."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.kernel import clock
from academies.people.models import User
from commerce.enrolments.models import Enrolment
from commerce.learning import actions, queries
from commerce.learning.api_v1 import serializers
from commerce.learning.api_v1.lectures import find, sent
from commerce.learning.models import Attempt


def paper(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": str(attempt.pk),
        "number": attempt.number,
        "deadline_at": attempt.deadline_at,
        "questions": attempt.paper,
    }


def score(attempt: Attempt) -> dict[str, Any]:
    return {
        "score": _number(attempt.score),
        "max_score": _number(attempt.max_score),
        "percent": _number(attempt.percent),
        "passed": attempt.passed,
    }


def _number(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _own(request: Request, pk: UUID) -> Attempt:
    attempt = queries.own_attempt(cast(User, request.user), pk)
    if attempt is None:
        raise Http404
    return attempt


class QuizView(APIView):
    @extend_schema(operation_id="lectures_quiz", responses=serializers.Quiz)
    def get(self, request: Request, pk: int) -> Response:
        """Read the rules of a lecture's quiz, and how many attempts are left. Its questions come with an attempt."""
        lesson, place = find(request, pk)
        if lesson.kind.exam is None:
            raise actions.NotAQuiz()
        shown = {"id": lesson.pk, "title": lesson.title, **lesson.kind.body(lesson.value)}
        if place is not None and place.enrolment is not None:
            state = queries.quiz_state(place.enrolment, lesson)
            shown |= {"attempts_used": state.used, "attempts_left": state.left}
        return Response(shown)


class StartView(APIView):
    @extend_schema(
        operation_id="quizzes_start", request=None, responses={200: serializers.QuizPaper, 201: serializers.QuizPaper}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Start an attempt, or go on with the open one (200). The clock runs on the server."""
        now = clock.now()
        place = actions.take_place(person=cast(User, request.user), lesson_id=pk, now=now)
        attempt, is_new = actions.start(enrolment=cast(Enrolment, place.enrolment), lesson=place.lesson, now=now)
        return Response(paper(attempt), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class AttemptView(APIView):
    @extend_schema(operation_id="quiz_attempts_retrieve", responses=serializers.QuizAttempt)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read one's own attempt: the paper as it was when it began, and the answers saved so far."""
        attempt = _own(request, pk)
        shown = {**paper(attempt), "status": attempt.status, "answers": attempt.answers}
        shown |= {"started_at": attempt.started_at, "submitted_at": attempt.submitted_at}
        return Response(shown if attempt.status == Attempt.Status.STARTED else {**shown, **score(attempt)})


class SaveView(APIView):
    @extend_schema(operation_id="quiz_attempts_save", request=serializers.QuizAnswers, responses=serializers.QuizSaved)
    def post(self, request: Request, pk: UUID) -> Response:
        """Keep answers without handing in; questions that aren't mentioned stay as they were."""
        saved = actions.save(attempt=_own(request, pk), answers=sent(request).get("answers"), now=clock.now())
        return Response({"id": str(saved.pk), "answered": len(saved.answers)})


class SubmitView(APIView):
    @extend_schema(
        operation_id="quiz_attempts_submit", request=serializers.QuizAnswers, responses=serializers.QuizScore
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Submit. A second time gives the same answer; after deadline and grace it is 409 `deadline_passed`."""
        done = actions.submit(attempt=_own(request, pk), answers=sent(request).get("answers"), now=clock.now())
        return Response(score(done))


class ResultView(APIView):
    @extend_schema(operation_id="quiz_attempts_result", responses=serializers.QuizResult)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read what was right, as far as the quiz's feedback policy lets a learner know."""
        attempt = _own(request, pk)
        if attempt.status == Attempt.Status.STARTED:
            raise actions.NotSubmitted()
        return Response(
            {"id": str(attempt.pk), "number": attempt.number, **score(attempt), "questions": queries.report(attempt)}
        )
