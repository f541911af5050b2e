"""`/api/v1/` of enrolments."""

from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.api.serializers import RequestSerializer, validated
from academies.kernel import clock, errors, policies
from academies.people.models import User
from commerce.enrolments import actions, queries
from commerce.enrolments.models import Enrolment


class CourseReference(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="course_id", allow_null=True)
    title = serializers.CharField(source="course_title")
    slug = serializers.CharField(source="course.slug", allow_null=True, default=None)


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    course = CourseReference(source="*")
    status = serializers.ChoiceField(source="status_now", choices=Enrolment.Status.choices)
    access_ends_at = serializers.DateTimeField(
        allow_null=True, help_text="When access ends or ended; null if it doesn't end."
    )

    class Meta:
        model = Enrolment
        fields = ["id", "course", "status", "percent", "enrolled_at", "completed_at", "ended_at", "access_ends_at"]


class EnrolRequestSerializer(RequestSerializer):
    course = serializers.IntegerField(min_value=1)


def _enrol(request: Request, course_id: int) -> Response:
    course = get_object_or_404(queries.courses_for(request.user), pk=course_id)
    enrolment = actions.enrol_free(person=cast(User, request.user), course=course, now=clock.now())
    serializer = EnrolmentSerializer(queries.enrolments_of(request.user).get(pk=enrolment.pk))
    return Response(serializer.data, status=status.HTTP_201_CREATED)


class EnrolView(APIView):
    @extend_schema(request=None, responses={201: EnrolmentSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Enrol in a course that is free or that you are entitled to. Otherwise 402 lists the plans that include it."""
        return _enrol(request, pk)


class EnrolmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Enrolment]):
    """Your enrolments."""

    queryset = Enrolment.objects.none()
    serializer_class = EnrolmentSerializer
    lookup_value_regex = "[0-9a-fA-F-]{32,36}"

    def get_queryset(self) -> Any:
        return queries.enrolments_of(self.request.user)

    @extend_schema(request=EnrolRequestSerializer, responses={201: EnrolmentSerializer})
    def create(self, request: Request) -> Response:
        return _enrol(request, validated(EnrolRequestSerializer, request)["course"])

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Cancel an enrolment. Its progress is kept."""
        enrolment = self.get_object()
        if not policies.may("enrolments.cancel", request.user, enrolment):
            raise errors.Forbidden()
        actions.cancel_enrolment(enrolment=enrolment, by=cast(User, request.user), now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
