"""JSON doors: signing in, refreshing, signing out."""

from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.api.lists import Paged, paged
from academies.api.serializers import RequestSerializer, validated
from academies.kernel import clock
from academies.people import actions, queries
from academies.people.api.shared import (
    SAID,
    OpenDoor,
    PairSerializer,
    PersonSerializer,
    SignedInSerializer,
    here,
    pair,
)
from academies.people.device import device_of
from academies.people.sessions import place_of


class SignInSerializer(RequestSerializer):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class RefreshSerializer(RequestSerializer):
    refresh_token = serializers.CharField(max_length=200)


class SignOutSerializer(RequestSerializer):
    refresh_token = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PlaceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(["program", "browser"])
    user_agent = serializers.CharField()
    address = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    current = serializers.SerializerMethodField(help_text="Whether this request came from there.")

    def get_current(self, place: dict[str, Any]) -> bool:
        request = self.context["request"]
        program = here(request)
        return bool(place["id"] == (program.pk if program else place_of(request._request)))


class SignInView(OpenDoor):
    throttle_scope = "login"

    @extend_schema(request=SignInSerializer, responses=SignedInSerializer, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign in with e-mail and password."""
        given = validated(SignInSerializer, request)
        person, tokens = actions.sign_in(**given, device=device_of(request), now=clock.now())
        return Response({**pair(tokens), "user": PersonSerializer(person).data})


class RefreshView(OpenDoor):
    throttle_scope = "refresh"

    @extend_schema(request=RefreshSerializer, responses=PairSerializer, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Spend a refresh token for a new pair. A spent one used again ends its sign-in."""
        given = validated(RefreshSerializer, request)
        return Response(pair(actions.refresh(token=given["refresh_token"], now=clock.now())))


class SignOutView(APIView):
    @extend_schema(request=SignOutSerializer, responses=SAID, tags=["auth"])
    def post(self, request: Request) -> Response:
        """End the sign-in of this request."""
        given = validated(SignOutSerializer, request)
        actions.sign_out(person=request.user, sign_in=here(request), token=given["refresh_token"], now=clock.now())
        if here(request) is None:
            logout(request._request)
        return Response({"message": _("Successfully logged out")})


class SignInsView(Paged):
    @extend_schema(responses=PlaceSerializer(many=True), operation_id="auth_sessions_list", tags=["auth"])
    def get(self, request: Request) -> Response:
        """Where I am signed in, with programs and browsers, the place used last first."""
        return paged(self, request, queries.places(request.user, clock.now()), PlaceSerializer)


class SignInPlaceView(APIView):
    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def delete(self, request: Request, pk: UUID) -> Response:
        """Sign out at one place."""
        actions.end(person=request.user, place=pk, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class RevokeAllView(APIView):
    @extend_schema(
        request=None,
        responses=inline_serializer("Revoked", {"revoked": serializers.IntegerField()}),
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Sign out everywhere, here too."""
        ended = actions.end_all(person=request.user, because="signed out everywhere", now=clock.now())
        return Response({"revoked": ended})
