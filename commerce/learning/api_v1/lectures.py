"""`/api/v1/` of sections, lectures and progress."""

from datetime import datetime
from typing import Any, cast

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.fields import DateTimeField
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.api.lists import Paged, paged
from academies.kernel import clock, errors, policies
from academies.people.models import User
from catalog.activities.registry import Completion
from catalog.courses import queries as courses
from catalog.courses.models import LessonPage, SectionPage
from catalog.courses.models.lesson import course_of, is_hidden_above
from catalog.courses.types import OutlineLesson
from commerce.enrolments import queries as enrolments
from commerce.enrolments.actions import NotEnrolled
from commerce.enrolments.models import Enrolment
from commerce.learning import actions, queries, rules
from commerce.learning.api_v1 import serializers
from commerce.learning.models import Progress
from commerce.learning.queries import LessonAccess


def request_body(request: Request) -> dict[str, Any]:
    """Return the body as a dict: the parser accepts only objects."""
    return cast(dict[str, Any], request.data)


class SectionsView(Paged):
    permission_classes = [AllowAny]

    @extend_schema(responses=serializers.Section(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List the sections of a course. Public."""
        course = get_object_or_404(enrolments.courses_for(request.user), pk=pk)
        sections = courses.outline(course).sections
        return paged(
            self,
            request,
            [
                {
                    "id": section.id,
                    "title": section.title,
                    "summary": section.summary,
                    "lecture_count": len(section.lessons),
                    "minutes": section.minutes,
                }
                for section in sections
            ],
        )


class LecturesView(Paged):
    permission_classes = [AllowAny]

    @extend_schema(responses=serializers.ListedLecture(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List the lectures of a section, without their bodies."""
        section = get_object_or_404(SectionPage.objects.live(), pk=pk)
        course = get_object_or_404(enrolments.courses_for(request.user), pk=course_of(section).pk)
        outline = next((outline for outline in courses.outline(course).sections if outline.id == pk), None)
        return paged(self, request, [_summary(lesson) for lesson in outline.lessons] if outline else [])


def _summary(lesson: OutlineLesson | LessonPage) -> dict[str, Any]:
    data = {
        "id": lesson.id,
        "title": lesson.title,
        "kind": lesson.kind.name,
        "minutes": lesson.minutes,
        "free_preview": lesson.free_preview,
    }
    if lesson.kind.completion == Completion.PASSED:
        data["quiz_id"] = lesson.id
    return data


class LectureView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(responses=serializers.Lecture)
    def get(self, request: Request, pk: int) -> Response:
        """Read a lecture: as an enrolled learner or an editor of it, and anybody if it is a free preview."""
        lesson, access = readable_lesson(request, pk)
        data = {**_summary(lesson), "course": course_of(lesson).pk, "body": lesson.kind.body(lesson.value)}
        if access is not None and access.enrolment is not None and access.is_open:
            progress = access.progress or actions.start_lesson(
                enrolment=access.enrolment, lesson=lesson, now=clock.now()
            )
            data["progress"] = _progress(progress, access.enrolment)
        return Response(data)


_LOCKED = gettext_lazy("This lesson is for people enrolled in its course. Sign in and enrol, and try again.")


def readable_lesson(request: Request, pk: int) -> tuple[LessonPage, LessonAccess | None]:
    """Return a lesson that the caller may read, and their access to it if they are signed in."""
    person = request.user
    access = queries.lesson_access_of(person, pk, clock.now()) if person.is_authenticated else None
    lesson = access.lesson if access else LessonPage.objects.live().filter(pk=pk).first()
    if lesson is None:
        raise Http404
    if not (access and access.enrolment and access.is_open) and not _may_read(request, lesson):
        if is_hidden_above(lesson):
            raise Http404
        if not person.is_authenticated:
            raise errors.Unauthenticated(_LOCKED)
        raise NotEnrolled.of(person, course_of(lesson).translation_key)
    return lesson, access


def _may_read(request: Request, lesson: LessonPage) -> bool:
    """Check what the lesson's page checks: the policy, and view restrictions of the page and those above it."""
    private = any(not restriction.accept_request(request) for restriction in lesson.get_view_restrictions())
    return not private and policies.may("courses.attend", request.user, lesson)


def _progress(progress: Progress | None, enrolment: Enrolment) -> dict[str, Any]:
    return {
        "percent": progress.percent if progress else 0,
        "completed": bool(progress and progress.completed_at),
        "position_seconds": progress.position_seconds if progress else 0,
        "course_percent": enrolment.percent,
        "course_completed": enrolment.completed_at is not None,
    }


class ProgressView(APIView):
    throttle_scope = "progress"

    @extend_schema(responses=serializers.Progress)
    def get(self, request: Request, pk: int) -> Response:
        """Read your progress in a lecture."""
        access = actions.require_lesson_access(person=cast(User, request.user), lesson_id=pk, now=clock.now())
        return Response(_progress(access.progress, cast(Enrolment, access.enrolment)))

    @extend_schema(request=serializers.ProgressReport, responses=serializers.Progress)
    def post(self, request: Request, pk: int) -> Response:
        """Report watched ranges, or that a lecture was viewed.

        Ranges are merged. Progress never goes down, and reports may arrive twice, late and in any order. With `sent_at`,
        the time on the player's clock, a late report doesn't move the position back. Watched time is limited to double
        speed since the lecture was first opened, plus a minute.
        """
        now = clock.now()
        access = actions.require_lesson_access(person=cast(User, request.user), lesson_id=pk, now=now)
        enrolment = cast(Enrolment, access.enrolment)
        report = request_body(request)
        ranges, position, sent_at = _parse_report(report)
        if "viewed" in report:
            if report["viewed"] is not True or "watched" in report:
                raise errors.Invalid(fields={"viewed": [gettext("Send `true`, without `watched`.")]})
            progress = actions.mark_viewed(enrolment=enrolment, lesson=access.lesson, now=now, known=access.progress)
        else:
            progress = actions.record_watched(
                enrolment=enrolment,
                lesson=access.lesson,
                ranges=ranges,
                position_seconds=position,
                now=now,
                known=access.progress,
                sent_at=sent_at,
            )
        return Response(_progress(progress, enrolment))

    @extend_schema(request=serializers.ProgressReport, responses=serializers.Progress)
    def put(self, request: Request, pk: int) -> Response:
        """The same as POST."""
        return self.post(request, pk)


def _parse_report(data: dict[str, Any]) -> tuple[rules.Ranges, int | None, datetime | None]:
    if data.get("watched") is None and data.get("position_seconds") is None and "viewed" not in data:
        raise errors.Invalid(fields={"watched": [gettext("Send `watched` or `viewed`.")]})
    try:
        ranges = rules.parse_ranges([] if data.get("watched") is None else data["watched"])
    except rules.InvalidRanges as error:
        raise errors.Invalid(fields={"watched": [gettext(str(error))]}) from error
    try:
        position = data.get("position_seconds")
        seconds = None if position is None else rules.parse_seconds(position)
    except rules.InvalidRanges as error:
        raise errors.Invalid(fields={"position_seconds": [gettext(str(error))]}) from error
    return ranges, seconds, _parse_sent_at(data.get("sent_at"))


def _parse_sent_at(value: Any) -> datetime | None:
    try:
        return None if value is None else DateTimeField().to_internal_value(value)
    except ValidationError as error:
        raise errors.Invalid(fields={"sent_at": [str(detail) for detail in cast(list[Any], error.detail)]}) from error


class EnrolmentProgressView(APIView):
    @extend_schema(responses=serializers.CourseProgress)
    def get(self, request: Request, pk: Any) -> Response:
        """Read your progress in a course, and in each lecture that you have started."""
        enrolment = get_object_or_404(Enrolment, pk=pk, person=request.user)
        by_page = queries.progress_by_page(enrolment)
        return Response(
            {
                "percent": enrolment.percent,
                "completed": enrolment.completed_at is not None,
                "completed_at": enrolment.completed_at,
                "lectures": [
                    {"lecture": page_id, **_progress(progress, enrolment)} for page_id, progress in by_page.items()
                ],
            }
        )
