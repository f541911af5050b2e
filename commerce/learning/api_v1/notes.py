"""`/api/v1/` of notes and bookmarks: learners read and change their own only."""

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
from commerce.learning.actions import BookmarkPosition
from commerce.learning.api_v1.lectures import request_body
from commerce.learning.models import Bookmark, Note
from commerce.learning.queries import LessonAccess


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


SerializerClass = type[NoteSerializer] | type[BookmarkSerializer]


def _serialize(serializer_class: SerializerClass, items: list[Any]) -> Any:
    """Return notes or bookmarks as JSON; `lecture` is the id of the lesson's page, or null if that was deleted."""
    page_ids = queries.lesson_page_ids({item.lesson_key for item in items})
    for item in items:
        item.lecture = page_ids.get(item.lesson_key)
    return serializer_class(items, many=True).data


def _validate(serializer_class: SerializerClass, request: Request, item: Any = None) -> dict[str, Any]:
    """Return the validated body; PATCH completes it from the stored item."""
    data = request_body(request)
    if request.method == "PATCH" and item is not None:
        data = {**serializer_class(item).data, **data}
    serializer = serializer_class(data=data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def _page_response(view: Any, request: Request, items: QuerySet[Any]) -> Response:
    """Return one page of notes or bookmarks, the oldest first."""
    paginator = view.pagination_class()
    page = paginator.paginate_queryset(items.order_by("created_at", "pk"), request, view=view)
    return paginator.get_paginated_response(_serialize(view.serializer, page))


def _require_access(request: Request, lesson_id: int) -> LessonAccess:
    return actions.require_lesson_access(person=cast(User, request.user), lesson_id=lesson_id, now=clock.now())


class _EnrolmentItemsView(Paged):
    serializer: SerializerClass
    model: type[Note] | type[Bookmark]

    def get(self, request: Request, pk: UUID) -> Response:
        enrolment = get_object_or_404(Enrolment, pk=pk, person=request.user)
        return _page_response(self, request, self.model.objects.filter(enrolment=enrolment))


@extend_schema_view(get=extend_schema(responses=NoteSerializer(many=True)))
class EnrolmentNotesView(_EnrolmentItemsView):
    serializer, model = NoteSerializer, Note


@extend_schema_view(get=extend_schema(responses=BookmarkSerializer(many=True)))
class EnrolmentBookmarksView(_EnrolmentItemsView):
    serializer, model = BookmarkSerializer, Bookmark


class _LectureItemsView(Paged):
    serializer: SerializerClass
    model: type[Note] | type[Bookmark]

    def get(self, request: Request, pk: int) -> Response:
        access = _require_access(request, pk)
        items = self.model.objects.filter(enrolment=access.enrolment, lesson_key=access.lesson.translation_key)
        return _page_response(self, request, items)


class LectureNotesView(_LectureItemsView):
    serializer, model = NoteSerializer, Note

    @extend_schema(responses=NoteSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List your notes on a lecture."""
        return super().get(request, pk)

    @extend_schema(request=NoteSerializer, responses={201: NoteSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Create a note on a lecture. 409 `too_many_kept`."""
        access, data = _require_access(request, pk), _validate(NoteSerializer, request)
        note = actions.create_note(enrolment=cast(Enrolment, access.enrolment), lesson=access.lesson, **data)
        return Response(_serialize(NoteSerializer, [note])[0], status=status.HTTP_201_CREATED)


class LectureBookmarksView(_LectureItemsView):
    serializer, model = BookmarkSerializer, Bookmark

    @extend_schema(responses=BookmarkSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List your bookmarks in a lecture."""
        return super().get(request, pk)

    @extend_schema(
        request=BookmarkSerializer,
        responses={200: BookmarkSerializer, 201: BookmarkSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Bookmark a position in a lecture; if it has a bookmark, its title changes (200). 409 `too_many_kept`."""
        access, data = _require_access(request, pk), _validate(BookmarkSerializer, request)
        bookmark, is_new = actions.set_bookmark(
            enrolment=cast(Enrolment, access.enrolment), lesson=access.lesson, position=BookmarkPosition(**data)
        )
        return Response(
            _serialize(BookmarkSerializer, [bookmark])[0],
            status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK,
        )


class _ItemView(APIView):
    """One of your notes or bookmarks."""

    serializer: SerializerClass
    model: type[Note] | type[Bookmark]

    def _own_item(self, request: Request, pk: UUID) -> Any:
        return get_object_or_404(self.model, pk=pk, enrolment__person=request.user)

    def get(self, request: Request, pk: UUID) -> Response:
        return Response(_serialize(self.serializer, [self._own_item(request, pk)])[0])

    def put(self, request: Request, pk: UUID) -> Response:
        item = self._own_item(request, pk)
        item = self._update(item, _validate(self.serializer, request, item))
        return Response(_serialize(self.serializer, [item])[0])

    def patch(self, request: Request, pk: UUID) -> Response:
        return self.put(request, pk)

    def delete(self, request: Request, pk: UUID) -> Response:
        actions.delete(item=self._own_item(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _update(self, item: Any, data: dict[str, Any]) -> Any:
        raise NotImplementedError


@extend_schema(request=NoteSerializer, responses=NoteSerializer)
class NoteView(_ItemView):
    serializer, model = NoteSerializer, Note

    def _update(self, item: Note, data: dict[str, Any]) -> Note:
        return actions.update_note(note=item, **data)


@extend_schema(request=BookmarkSerializer, responses=BookmarkSerializer)
class BookmarkView(_ItemView):
    serializer, model = BookmarkSerializer, Bookmark

    def _update(self, item: Bookmark, data: dict[str, Any]) -> Bookmark:
        return actions.update_bookmark(bookmark=item, position=BookmarkPosition(**data))
