"""Endpoints for signing up and for the signed-in account."""

from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.api.serializers import RequestSerializer, StrictTypes, validated
from academies.kernel import clock
from academies.people import actions, rules
from academies.people.api_v1.base import (
    MESSAGE,
    AnonymousAPIView,
    PersonSerializer,
    SignedInSerializer,
    TokenSerializer,
    raise_if_invalid,
    token_pair,
)
from academies.people.device import device_of
from academies.people.facts import NewPerson
from academies.people.models import User


class ProfileSerializer(StrictTypes, serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "full_name", "email", "date_of_birth", "created_at", "updated_at"]
        read_only_fields = ["id", "email", "created_at", "updated_at"]


class SignUpSerializer(RequestSerializer):
    """Checks types and the rules of each field, so that one response names every wrong field."""

    full_name = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    date_of_birth = serializers.DateField()

    def validate_full_name(self, text: str) -> str:
        return raise_if_invalid(rules.normal_name(text), rules.name_problem(rules.normal_name(text)))

    def validate_email(self, text: str) -> str:
        return raise_if_invalid(rules.normal_email(text), rules.email_problem(rules.normal_email(text)))

    def validate_password(self, text: str) -> str:
        validate_password(text)
        return text

    def validate_date_of_birth(self, born: date) -> date:
        raise_if_invalid("", rules.birth_problem(born, clock.now().date()))
        return born


class SignUpView(AnonymousAPIView):
    throttle_scope = "signup"

    @extend_schema(request=SignUpSerializer, responses={201: SignedInSerializer}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Create an account and sign in."""
        now = clock.now()
        person = actions.sign_up(newcomer=NewPerson(**validated(SignUpSerializer, request)), now=now)
        tokens = actions.start_session(person=person, device=device_of(request), now=now)
        return Response({**token_pair(tokens), "user": PersonSerializer(person).data}, status.HTTP_201_CREATED)


class ProfileView(APIView):
    serializer_class = ProfileSerializer

    @extend_schema(responses=ProfileSerializer, tags=["auth"])
    def get(self, request: Request) -> Response:
        """Get my account."""
        return Response(self.serializer_class(request.user).data)

    @extend_schema(request=ProfileSerializer, responses=ProfileSerializer, tags=["auth"])
    def patch(self, request: Request) -> Response:
        """Update my name or date of birth."""
        serializer = self.serializer_class(request.user, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        fields = {name: serializer.validated_data.get(name) for name in ("full_name", "date_of_birth")}
        person = actions.update_profile(person=request.user, now=clock.now(), **fields)
        return Response(self.serializer_class(person).data)


class VerifyEmailView(AnonymousAPIView):
    throttle_scope = "link"

    @extend_schema(request=TokenSerializer, responses=MESSAGE, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Confirm an email address with the token from the email."""
        actions.verify_email(token=validated(TokenSerializer, request)["token"], now=clock.now())
        return Response({"message": _("Your email address is confirmed.")})


class ResendVerificationView(APIView):
    throttle_scope = "reset"

    @extend_schema(request=None, responses=MESSAGE, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Send the verification email again."""
        if actions.resend_verification(person=request.user, now=clock.now()):
            return Response({"message": _("We've emailed you a link.")})
        return Response({"message": _("Your email address is confirmed.")})
