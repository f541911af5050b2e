"""Reading a course through the API, and saying how far one is."""

from datetime import datetime
from typing import Any, cast

from django.http import Http404
from django.shortcuts import get_object_or_404
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
from commerce.learning.queries import Place


def sent(request: Request) -> dict[str, Any]:
    """Return the body; the parser lets nothing but objects through."""
    return cast(dict[str, Any], request.data)


class SectionsView(Paged):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="courses_sections", responses=serializers.Section(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List the sections of a course. Anybody may know what there is to learn."""
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

    @extend_schema(operation_id="sections_lectures", responses=serializers.ListedLecture(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List the lectures of a section, without their bodies."""
        section = get_object_or_404(SectionPage.objects.live(), pk=pk)
        course = get_object_or_404(enrolments.courses_for(request.user), pk=course_of(section).pk)
        found = next((one for one in courses.outline(course).sections if one.id == pk), None)
        return paged(self, request, [_listed(lesson) for lesson in found.lessons] if found else [])


def _listed(lesson: OutlineLesson | LessonPage) -> dict[str, Any]:
    shown = {
        "id": lesson.id,
        "title": lesson.title,
        "kind": lesson.kind.name,
        "minutes": lesson.minutes,
        "free_preview": lesson.free_preview,
    }
    if lesson.kind.completion == "passed":
        shown["quiz_id"] = lesson.id
    return shown


class LectureView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="lectures_retrieve", responses=serializers.Lecture)
    def get(self, request: Request, pk: int) -> Response:
        """Read a lecture: for the enrolled, those who edit it, and everybody if it is a free preview."""
        lesson, place = find(request, pk)
        shown = {**_listed(lesson), "course": course_of(lesson).pk, "body": lesson.kind.body(lesson.value)}
        if place is not None and place.enrolment is not None and place.is_open:
            begun = place.progress or actions.begin(enrolment=place.enrolment, lesson=lesson, now=clock.now())
            shown["progress"] = _told(begun, place.enrolment)
        return Response(shown)


_LOCKED = "This lesson is for people enrolled in its course. Sign in, enrol if you haven't yet, and ask again."


def find(request: Request, pk: int) -> tuple[LessonPage, Place | None]:
    """Return a lesson the caller may read, and their place in it when they are signed in."""
    person = request.user
    place = queries.place(person, pk, clock.now()) if person.is_authenticated else None
    lesson = place.lesson if place else LessonPage.objects.live().filter(pk=pk).first()
    if lesson is None:
        raise Http404
    if not (place and place.enrolment and place.is_open) and not _may_read(request, lesson):
        if is_hidden_above(lesson):
            raise Http404
        if not person.is_authenticated:
            raise errors.Unauthenticated(_LOCKED)
        raise NotEnrolled.of(person, course_of(lesson).translation_key)
    return lesson, place


def _may_read(request: Request, lesson: LessonPage) -> bool:
    """Ask what the lesson's own page asks: the policy, and whether it is kept private there or above."""
    private = any(not one.accept_request(request) for one in lesson.get_view_restrictions())
    return not private and policies.may("courses.attend", request.user, lesson)


def _told(progress: Progress | None, enrolment: Enrolment) -> dict[str, Any]:
    return {
        "percent": progress.percent if progress else 0,
        "completed": bool(progress and progress.completed_at),
        "position_seconds": progress.position_seconds if progress else 0,
        "course_percent": enrolment.percent,
        "course_completed": enrolment.completed_at is not None,
    }


class ProgressView(APIView):
    throttle_scope = "progress"

    @extend_schema(operation_id="lectures_progress_retrieve", responses=serializers.Progress)
    def get(self, request: Request, pk: int) -> Response:
        """Say how far one is in a lecture."""
        place = actions.take_place(person=cast(User, request.user), lesson_id=pk, now=clock.now())
        return Response(_told(place.progress, cast(Enrolment, place.enrolment)))

    @extend_schema(operation_id="lectures_progress", request=serializers.ProgressReport, responses=serializers.Progress)
    def post(self, request: Request, pk: int) -> Response:
        """Report what was watched, or that a lecture was read. Ranges are merged and bounded by the clock.

        Nothing lowers progress, and reports may come twice, late and in any order. With `sent_at`, the player's time, a
        report that comes late doesn't move the position back; without it, the last to arrive does. A whole video can't have been
        watched in a minute: at most double speed since it was first opened counts, and a minute for the first report.
        """
        now = clock.now()
        place = actions.take_place(person=cast(User, request.user), lesson_id=pk, now=now)
        enrolment = cast(Enrolment, place.enrolment)
        report = sent(request)
        ranges, position, sent_at = _report(report)
        if "viewed" in report:
            if report["viewed"] is not True or "watched" in report:
                raise errors.Invalid(fields={"viewed": ["Send true, and nothing watched beside it."]})
            progress = actions.view(enrolment=enrolment, lesson=place.lesson, now=now, known=place.progress)
        else:
            progress = actions.watch(
                enrolment=enrolment,
                lesson=place.lesson,
                ranges=ranges,
                position_seconds=position,
                now=now,
                known=place.progress,
                sent_at=sent_at,
            )
        return Response(_told(progress, enrolment))

    @extend_schema(
        operation_id="lectures_progress_update", request=serializers.ProgressReport, responses=serializers.Progress
    )
    def put(self, request: Request, pk: int) -> Response:
        """The same as POST: reports only ever add."""
        return self.post(request, pk)


def _report(data: dict[str, Any]) -> tuple[rules.Ranges, int | None, datetime | None]:
    if data.get("watched") is None and data.get("position_seconds") is None and "viewed" not in data:
        raise errors.Invalid(fields={"watched": ["Send what was watched, or viewed."]})
    try:
        ranges = rules.parse([] if data.get("watched") is None else data["watched"])
    except rules.Junk as junk:
        raise errors.Invalid(fields={"watched": [str(junk)]}) from junk
    try:
        given = data.get("position_seconds")
        return ranges, None if given is None else rules.seconds(given), _sent_at(data.get("sent_at"))
    except rules.Junk as junk:
        raise errors.Invalid(fields={"position_seconds": [str(junk)]}) from junk


def _sent_at(value: Any) -> datetime | None:
    try:
        return None if value is None else DateTimeField().to_internal_value(value)
    except ValidationError as error:
        raise errors.Invalid(fields={"sent_at": [str(fault) for fault in cast(list[Any], error.detail)]}) from error


class EnrolmentProgressView(APIView):
    @extend_schema(operation_id="enrollments_progress", responses=serializers.CourseProgress)
    def get(self, request: Request, pk: Any) -> Response:
        """Say how far one is in a course, and in each lecture that was begun."""
        enrolment = get_object_or_404(Enrolment, pk=pk, person=request.user)
        begun = queries.progress_by_page(enrolment)
        return Response(
            {
                "percent": enrolment.percent,
                "completed": enrolment.completed_at is not None,
                "completed_at": enrolment.completed_at,
                "lectures": [{"lecture": page, **_told(one, enrolment)} for page, one in begun.items()],
            }
        )
