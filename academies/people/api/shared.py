"""What the doors of accounts share."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from academies.people.facts import Tokens
from academies.people.models import SignIn, User

SAID = inline_serializer("Said", {"message": serializers.CharField()})


class PersonSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "full_name", "email", "date_of_birth"]


def accept(value: str, problem: str | None) -> str:
    if problem:
        raise serializers.ValidationError(_(problem))
    return value


def read(serializer: type[serializers.BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def pair(tokens: Tokens) -> dict[str, Any]:
    return {
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
    }


def here(request: Request) -> SignIn | None:
    return request.auth if isinstance(request.auth, SignIn) else None


class Paged(APIView):
    """A list; the class of its pages is named for the OpenAPI schema."""

    pagination_class = api_settings.DEFAULT_PAGINATION_CLASS


def paged(view: APIView, request: Request, rows: Any, serializer: Any) -> Response:
    """Answer one numbered page of rows."""
    pages = cast(Any, api_settings.DEFAULT_PAGINATION_CLASS)()
    shown = pages.paginate_queryset(rows, request, view=view)
    return pages.get_paginated_response(serializer(shown, many=True, context={"request": request}).data)


class OpenDoor(APIView):
    """A door for people who aren't signed in: no token is read, so a stale one doesn't shut it."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class PairSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text="Seconds that the access token lives.")


class SignedInSerializer(PairSerializer):
    user = PersonSerializer()


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=500, help_text="The last part of the link in the letter.")
