"""Serializers and base classes that the endpoints of accounts share."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from academies.api.serializers import RequestSerializer
from academies.people.facts import Tokens
from academies.people.models import SignIn, User

MESSAGE = inline_serializer("Said", {"message": serializers.CharField()})


class PersonSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "full_name", "email", "date_of_birth"]


def raise_if_invalid(value: str, problem: str | None) -> str:
    if problem:
        raise serializers.ValidationError(_(problem))
    return value


def token_pair(tokens: Tokens) -> dict[str, Any]:
    return {
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
    }


def current_sign_in(request: Request) -> SignIn | None:
    return request.auth if isinstance(request.auth, SignIn) else None


class AnonymousAPIView(APIView):
    """An endpoint for people who aren't signed in. Tokens are ignored, so that an expired one doesn't cause a 401."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class PairSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text="Lifetime of the access token in seconds.")


class SignedInSerializer(PairSerializer):
    user = PersonSerializer()


class TokenSerializer(RequestSerializer):
    token = serializers.CharField(max_length=500, help_text="The last part of the link in the email.")
