"""Endpoints for signing in, refreshing tokens and signing out."""

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
from academies.people.api_v1.base import (
    MESSAGE,
    AnonymousAPIView,
    PairSerializer,
    PersonSerializer,
    SignedInSerializer,
    current_sign_in,
    token_pair,
)
from academies.people.device import device_of
from academies.people.sessions import sign_in_of


class SignInSerializer(RequestSerializer):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class RefreshSerializer(RequestSerializer):
    refresh_token = serializers.CharField(max_length=200)


class SignOutSerializer(RequestSerializer):
    refresh_token = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class SignInSessionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(["program", "browser"])
    user_agent = serializers.CharField()
    address = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    current = serializers.SerializerMethodField(help_text="Whether this is the session of the request.")

    def get_current(self, session: dict[str, Any]) -> bool:
        request = self.context["request"]
        program = current_sign_in(request)
        return bool(session["id"] == (program.pk if program else sign_in_of(request._request)))


class SignInView(AnonymousAPIView):
    throttle_scope = "login"

    @extend_schema(request=SignInSerializer, responses=SignedInSerializer, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign in with email and password."""
        fields = validated(SignInSerializer, request)
        person, tokens = actions.sign_in(**fields, device=device_of(request), now=clock.now())
        return Response({**token_pair(tokens), "user": PersonSerializer(person).data})


class RefreshView(AnonymousAPIView):
    throttle_scope = "refresh"

    @extend_schema(request=RefreshSerializer, responses=PairSerializer, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for a new pair. Using a token twice ends its session."""
        fields = validated(RefreshSerializer, request)
        return Response(token_pair(actions.refresh(token=fields["refresh_token"], now=clock.now())))


class SignOutView(APIView):
    @extend_schema(request=SignOutSerializer, responses=MESSAGE, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign out."""
        fields = validated(SignOutSerializer, request)
        actions.sign_out(
            person=request.user, sign_in=current_sign_in(request), token=fields["refresh_token"], now=clock.now()
        )
        if current_sign_in(request) is None:
            logout(request._request)
        return Response({"message": _("Successfully logged out")})


class SignInsView(Paged):
    @extend_schema(responses=SignInSessionSerializer(many=True), tags=["auth"])
    def get(self, request: Request) -> Response:
        """List my sessions, API clients and browsers, last used first."""
        return paged(self, request, queries.active_sign_ins(request.user, clock.now()), SignInSessionSerializer)


class SignInSessionView(APIView):
    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def delete(self, request: Request, pk: UUID) -> Response:
        """End one session."""
        actions.end_session(person=request.user, place=pk, now=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class RevokeAllView(APIView):
    @extend_schema(
        request=None,
        responses=inline_serializer("Revoked", {"revoked": serializers.IntegerField()}),
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """End all sessions, this one included."""
        ended = actions.end_all_sessions(person=request.user, because="signed out everywhere", now=clock.now())
        return Response({"revoked": ended})
