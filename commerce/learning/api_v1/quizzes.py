"""`/api/v1/` of quizzes. No answer key is sent; a result shows what the quiz's feedback policy allows."""

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
from commerce.learning.api_v1.lectures import readable_lesson, request_body
from commerce.learning.models import Attempt


def attempt_data(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": str(attempt.pk),
        "number": attempt.number,
        "deadline_at": attempt.deadline_at,
        "questions": attempt.questions,
    }


def score_data(attempt: Attempt) -> dict[str, Any]:
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


def _own_attempt(request: Request, pk: UUID) -> Attempt:
    attempt = queries.own_attempt(cast(User, request.user), pk)
    if attempt is None:
        raise Http404
    return attempt


class QuizView(APIView):
    @extend_schema(responses=serializers.Quiz)
    def get(self, request: Request, pk: int) -> Response:
        """Read the settings of a lecture's quiz, and how many attempts you have left. Start an attempt to get questions."""
        lesson, access = readable_lesson(request, pk)
        if lesson.kind.quiz is None:
            raise actions.NotAQuiz()
        data = {"id": lesson.pk, "title": lesson.title, **lesson.kind.body(lesson.value)}
        if access is not None and access.enrolment is not None:
            state = queries.quiz_state(access.enrolment, lesson)
            data |= {"attempts_used": state.used, "attempts_left": state.left}
        return Response(data)


class StartView(APIView):
    @extend_schema(
        request=None,
        responses={200: serializers.QuizQuestions, 201: serializers.QuizQuestions},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Start an attempt, or return the open one (200). Time is measured on the server."""
        now = clock.now()
        access = actions.require_lesson_access(person=cast(User, request.user), lesson_id=pk, now=now)
        attempt, is_new = actions.start_attempt(
            enrolment=cast(Enrolment, access.enrolment), lesson=access.lesson, now=now
        )
        return Response(attempt_data(attempt), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class AttemptView(APIView):
    @extend_schema(responses=serializers.QuizAttempt)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read one of your attempts: its questions, and the answers saved so far."""
        attempt = _own_attempt(request, pk)
        data = {**attempt_data(attempt), "status": attempt.status, "answers": attempt.answers}
        data |= {"started_at": attempt.started_at, "submitted_at": attempt.submitted_at}
        return Response(data if attempt.status == Attempt.Status.STARTED else {**data, **score_data(attempt)})


class SaveView(APIView):
    @extend_schema(request=serializers.QuizAnswers, responses=serializers.QuizSaved)
    def post(self, request: Request, pk: UUID) -> Response:
        """Save answers without submitting; questions that aren't mentioned keep theirs."""
        answers = request_body(request).get("answers")
        attempt = actions.save_answers(attempt=_own_attempt(request, pk), answers=answers, now=clock.now())
        return Response({"id": str(attempt.pk), "answered": len(attempt.answers)})


class SubmitView(APIView):
    @extend_schema(request=serializers.QuizAnswers, responses=serializers.QuizScore)
    def post(self, request: Request, pk: UUID) -> Response:
        """Submit an attempt. Repeating it returns the same result; after the deadline it is 409 `deadline_passed`."""
        answers = request_body(request).get("answers")
        attempt = actions.submit_attempt(attempt=_own_attempt(request, pk), answers=answers, now=clock.now())
        return Response(score_data(attempt))


class ResultView(APIView):
    @extend_schema(responses=serializers.QuizResult)
    def get(self, request: Request, pk: UUID) -> Response:
        """Read the result of an attempt, as far as the quiz's feedback policy allows."""
        attempt = _own_attempt(request, pk)
        if attempt.status == Attempt.Status.STARTED:
            raise actions.AttemptNotSubmitted()
        return Response(
            {
                "id": str(attempt.pk),
                "number": attempt.number,
                **score_data(attempt),
                "questions": queries.report(attempt),
            }
        )
