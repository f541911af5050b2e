"""JSON doors of accounts: sign-up, sign-in, tokens, profile."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.people import actions, queries, rules
from academies.people.device import device_of
from academies.people.facts import Newcomer, ResetAsked, Tokens
from academies.people.models import SignIn, User

_Said = inline_serializer("Said", {"message": serializers.CharField()})


class PersonSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "full_name", "email", "date_of_birth"]


class ProfileSerializer(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "full_name", "email", "date_of_birth", "created_at", "updated_at"]
        read_only_fields = ["id", "email", "created_at", "updated_at"]


class MeSerializer(ProfileSerializer):
    roles = serializers.SlugRelatedField(source="groups", slug_field="name", many=True, read_only=True)

    class Meta(ProfileSerializer.Meta):
        fields = [*ProfileSerializer.Meta.fields, "roles"]


class SignUpSerializer(serializers.Serializer[Any]):
    """Shapes only, but for the rules of each field, so that one answer names every wrong one."""

    full_name = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    date_of_birth = serializers.DateField()

    def validate_full_name(self, text: str) -> str:
        return _accept(rules.normal_name(text), rules.name_problem(rules.normal_name(text)))

    def validate_email(self, text: str) -> str:
        return _accept(rules.normal_email(text), rules.email_problem(rules.normal_email(text)))

    def validate_password(self, text: str) -> str:
        validate_password(text)
        return text

    def validate_date_of_birth(self, born: date) -> date:
        _accept("", rules.birth_problem(born, clock.now().date()))
        return born


def _accept(value: str, problem: str | None) -> str:
    if problem:
        raise serializers.ValidationError(_(problem))
    return value


class SignInSerializer(serializers.Serializer[Any]):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class RefreshSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=200)


class SignOutSerializer(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PairSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text="Seconds that the access token lives.")


class SignedInSerializer(PairSerializer):
    user = PersonSerializer()


class AddressSerializer(serializers.Serializer[Any]):
    email = serializers.CharField(max_length=254)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=500, help_text="The last part of the link in the letter.")


class NewPasswordSerializer(TokenSerializer):
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class ChangePasswordSerializer(serializers.Serializer[Any]):
    current_password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    new_password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class SignInPlaceSerializer(serializers.ModelSerializer[SignIn]):
    current = serializers.SerializerMethodField(help_text="Whether this request came from there.")

    class Meta:
        model = SignIn
        fields = ["id", "user_agent", "address", "created_at", "last_used_at", "current"]

    def get_current(self, place: SignIn) -> bool:
        here = self.context["request"].auth
        return isinstance(here, SignIn) and here.pk == place.pk


def _given(serializer: type[serializers.BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def _pair(tokens: Tokens) -> dict[str, Any]:
    return {
        "access_token": tokens.access,
        "refresh_token": tokens.refresh,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
    }


def _here(request: Request) -> SignIn | None:
    return request.auth if isinstance(request.auth, SignIn) else None


class OpenDoor(APIView):
    """A door for people who aren't signed in: no token is read, so a stale one doesn't shut it."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]


class SignUpView(OpenDoor):
    throttle_scope = "signup"

    @extend_schema(request=SignUpSerializer, responses={201: SignedInSerializer}, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Make an account and sign in."""
        now = clock.now()
        person = actions.sign_up(newcomer=Newcomer(**_given(SignUpSerializer, request)), now=now)
        tokens = actions.begin(person=person, device=device_of(request), now=now)
        return Response({**_pair(tokens), "user": PersonSerializer(person).data}, status.HTTP_201_CREATED)


class SignInView(OpenDoor):
    throttle_scope = "login"

    @extend_schema(request=SignInSerializer, responses=SignedInSerializer, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign in with e-mail and password."""
        given = _given(SignInSerializer, request)
        person, tokens = actions.sign_in(**given, device=device_of(request), now=clock.now())
        return Response({**_pair(tokens), "user": PersonSerializer(person).data})


class RefreshView(OpenDoor):
    throttle_scope = "refresh"

    @extend_schema(request=RefreshSerializer, responses=PairSerializer, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Spend a refresh token for a new pair. A spent one used again ends its sign-in."""
        given = _given(RefreshSerializer, request)
        return Response(_pair(actions.refresh(token=given["refresh_token"], now=clock.now())))


class SignOutView(APIView):
    @extend_schema(request=SignOutSerializer, responses=_Said, tags=["auth"])
    def post(self, request: Request) -> Response:
        """End the sign-in of this request."""
        given = _given(SignOutSerializer, request)
        actions.sign_out(person=request.user, sign_in=_here(request), token=given["refresh_token"], now=clock.now())
        if _here(request) is None:
            logout(request._request)
        return Response({"message": _("Successfully logged out")})


class ProfileView(APIView):
    serializer_class = ProfileSerializer

    @extend_schema(responses=ProfileSerializer, tags=["auth"])
    def get(self, request: Request) -> Response:
        """Who I am."""
        return Response(self.serializer_class(request.user).data)

    @extend_schema(request=ProfileSerializer, responses=ProfileSerializer, tags=["auth"])
    def patch(self, request: Request) -> Response:
        """Change my name or date of birth."""
        asked = self.serializer_class(request.user, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        told = {name: asked.validated_data.get(name) for name in ("full_name", "date_of_birth")}
        person = actions.update_profile(person=request.user, now=clock.now(), **told)
        return Response(self.serializer_class(person).data)


class MeView(ProfileView):
    serializer_class = MeSerializer

    @extend_schema(responses=MeSerializer, tags=["users"])
    def get(self, request: Request) -> Response:
        """Who I am, and my roles."""
        return super().get(request)

    @extend_schema(request=MeSerializer, responses=MeSerializer, tags=["users"])
    def patch(self, request: Request) -> Response:
        """Change my name or date of birth."""
        return super().patch(request)

    @extend_schema(request=MeSerializer, responses=MeSerializer, tags=["users"])
    def put(self, request: Request) -> Response:
        """Change my name and date of birth."""
        return super().patch(request)


class VerifyEmailView(OpenDoor):
    throttle_scope = "link"

    @extend_schema(request=TokenSerializer, responses=_Said, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Confirm an e-mail address with the token of the letter."""
        actions.verify_email(token=_given(TokenSerializer, request)["token"], now=clock.now())
        return Response({"message": _("Your e-mail address is confirmed.")})


class ResetPasswordView(OpenDoor):
    throttle_scope = "reset"

    @extend_schema(request=AddressSerializer, responses=_Said, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Ask for a letter with a link to choose a new password. The answer doesn't say whether there is an account."""
        email = rules.normal_email(_given(AddressSerializer, request)["email"])
        _accept(email, rules.email_problem(email))
        # Looked up later, by the worker: here the same work is done for every address.
        outbox.publish(ResetAsked(email=email, asked_at=clock.now().isoformat()))
        return Response({"message": _("If there is an account with this address, a letter is on its way.")})


class ConfirmResetView(OpenDoor):
    throttle_scope = "link"

    @extend_schema(request=NewPasswordSerializer, responses=_Said, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Choose a new password with the token of the letter. Signs out everywhere."""
        actions.reset_password(**_given(NewPasswordSerializer, request), now=clock.now())
        return Response({"message": _("Your password is changed. Sign in with the new one.")})


class ChangePasswordView(APIView):
    throttle_scope = "password"

    @extend_schema(request=ChangePasswordSerializer, responses=_Said, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Change my password. Signs out everywhere else."""
        given = _given(ChangePasswordSerializer, request)
        person = actions.change_password(
            person=request.user,
            current=given["current_password"],
            new=given["new_password"],
            keep=_here(request),
            now=clock.now(),
        )
        if _here(request) is None:
            update_session_auth_hash(request._request, person)
        return Response({"message": _("Your password is changed.")})


class SignInsView(APIView):
    @extend_schema(responses=SignInPlaceSerializer(many=True), tags=["auth"])
    def get(self, request: Request) -> Response:
        """Where I am signed in with a program, the place used last first."""
        places = queries.sign_ins(request.user)
        return Response(SignInPlaceSerializer(places, many=True, context={"request": request}).data)


class SignInPlaceView(APIView):
    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def delete(self, request: Request, pk: UUID) -> Response:
        """Sign out at one place."""
        actions.end(person=request.user, sign_in_id=pk, now=clock.now())
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
