"""Notes and bookmarks through the API: everybody sees and changes their own, and nobody else's."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.api.lists import Paged
from academies.api.serializers import RequestSerializer
from academies.kernel import clock
from academies.people.models import User
from commerce.enrolments.models import Enrolment
from commerce.learning import actions, queries, rules
from commerce.learning.api_v1.lectures import sent
from commerce.learning.models import Bookmark, Note


class NoteSerializer(RequestSerializer):
    id = serializers.UUIDField(read_only=True)
    lecture = serializers.IntegerField(read_only=True)
    text = serializers.CharField(max_length=10_000)
    timestamp_seconds = serializers.IntegerField(
        source="at_seconds", min_value=0, max_value=rules.MAX_SECONDS, allow_null=True, default=None
    )
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class BookmarkSerializer(RequestSerializer):
    id = serializers.UUIDField(read_only=True)
    lecture = serializers.IntegerField(read_only=True)
    title = serializers.CharField(max_length=120, allow_blank=True, default="")
    timestamp_seconds = serializers.IntegerField(
        source="at_seconds", min_value=0, max_value=rules.MAX_SECONDS, allow_null=True, default=None
    )
    created_at = serializers.DateTimeField(read_only=True)


def _shown(form: type[serializers.Serializer[Any]], kept: list[Any]) -> Any:
    """Return notes or bookmarks as JSON; the lecture is the page, or null when it is gone."""
    pages = queries.pages_of({one.lesson_key for one in kept})
    for one in kept:
        one.lecture = pages.get(one.lesson_key)
    return form(kept, many=True).data


def _asked(form: type[serializers.Serializer[Any]], request: Request, kept: Any = None) -> dict[str, Any]:
    """Check what was sent; PATCH takes what isn't mentioned from the row."""
    data = sent(request)
    if request.method == "PATCH" and kept is not None:
        data = {**form(kept).data, **data}
    asked = form(data=data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def _listed(view: Any, request: Request, mine: QuerySet[Any]) -> Response:
    """Answer one numbered page, in the order of writing."""
    pages = view.pagination_class()
    shown = pages.paginate_queryset(mine.order_by("created_at", "pk"), request, view=view)
    return pages.get_paginated_response(_shown(view.form, shown))


class _EnrolmentList(Paged):
    form: type[serializers.Serializer[Any]]
    model: type[Note] | type[Bookmark]

    def get(self, request: Request, pk: UUID) -> Response:
        enrolment = get_object_or_404(Enrolment, pk=pk, person=request.user)
        return _listed(self, request, self.model.objects.filter(enrolment=enrolment))


@extend_schema_view(get=extend_schema(operation_id="enrollments_notes", responses=NoteSerializer(many=True)))
class EnrolmentNotesView(_EnrolmentList):
    form, model = NoteSerializer, Note


@extend_schema_view(get=extend_schema(operation_id="enrollments_bookmarks", responses=BookmarkSerializer(many=True)))
class EnrolmentBookmarksView(_EnrolmentList):
    form, model = BookmarkSerializer, Bookmark


class _LectureList(Paged):
    form: type[serializers.Serializer[Any]]
    model: type[Note] | type[Bookmark]

    def _place(self, request: Request, pk: int) -> Any:
        return actions.take_place(person=cast(User, request.user), lesson_id=pk, now=clock.now())

    def get(self, request: Request, pk: int) -> Response:
        place = self._place(request, pk)
        mine = self.model.objects.filter(enrolment=place.enrolment, lesson_key=place.lesson.translation_key)
        return _listed(self, request, mine)


class LectureNotesView(_LectureList):
    form, model = NoteSerializer, Note

    @extend_schema(operation_id="lectures_notes", responses=NoteSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List one's own notes beside a lecture."""
        return super().get(request, pk)

    @extend_schema(operation_id="lectures_notes_create", request=NoteSerializer, responses={201: NoteSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Write a note beside a lecture. 409 `too_many_kept`."""
        place, asked = self._place(request, pk), _asked(NoteSerializer, request)
        made = actions.note(enrolment=place.enrolment, lesson=place.lesson, **asked)
        return Response(_shown(NoteSerializer, [made])[0], status=status.HTTP_201_CREATED)


class LectureBookmarksView(_LectureList):
    form, model = BookmarkSerializer, Bookmark

    @extend_schema(operation_id="lectures_bookmarks", responses=BookmarkSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List one's own bookmarks in a lecture."""
        return super().get(request, pk)

    @extend_schema(
        operation_id="lectures_bookmarks_create",
        request=BookmarkSerializer,
        responses={200: BookmarkSerializer, 201: BookmarkSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Mark a moment in a lecture; marking it again changes the title (200). 409 `too_many_kept`."""
        place, asked = self._place(request, pk), _asked(BookmarkSerializer, request)
        made, is_new = actions.bookmark(enrolment=place.enrolment, lesson=place.lesson, moment=actions.Moment(**asked))
        return Response(
            _shown(BookmarkSerializer, [made])[0], status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        )


class _Kept(APIView):
    """One note or bookmark of one's own."""

    form: type[serializers.Serializer[Any]]
    model: type[Note] | type[Bookmark]

    def _own(self, request: Request, pk: UUID) -> Any:
        return get_object_or_404(self.model, pk=pk, enrolment__person=request.user)

    def get(self, request: Request, pk: UUID) -> Response:
        return Response(_shown(self.form, [self._own(request, pk)])[0])

    def put(self, request: Request, pk: UUID) -> Response:
        kept = self._own(request, pk)
        changed = self._change(kept, _asked(self.form, request, kept))
        return Response(_shown(self.form, [changed])[0])

    def patch(self, request: Request, pk: UUID) -> Response:
        return self.put(request, pk)

    def delete(self, request: Request, pk: UUID) -> Response:
        actions.forget(kept=self._own(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, kept: Any, asked: dict[str, Any]) -> Any:
        raise NotImplementedError


@extend_schema(request=NoteSerializer, responses=NoteSerializer)
class NoteView(_Kept):
    form, model = NoteSerializer, Note

    def _change(self, kept: Note, asked: dict[str, Any]) -> Note:
        return actions.change_note(note=kept, **asked)


@extend_schema(request=BookmarkSerializer, responses=BookmarkSerializer)
class BookmarkView(_Kept):
    form, model = BookmarkSerializer, Bookmark

    def _change(self, kept: Bookmark, asked: dict[str, Any]) -> Bookmark:
        return actions.change_bookmark(bookmark=kept, moment=actions.Moment(**asked))
