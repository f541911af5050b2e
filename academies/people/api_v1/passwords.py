"""Endpoints for changing and resetting a password."""

from django.contrib.auth import update_session_auth_hash
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.api.serializers import RequestSerializer, validated
from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.people import actions, rules
from academies.people.api_v1.base import MESSAGE, AnonymousAPIView, TokenSerializer, current_sign_in, raise_if_invalid
from academies.people.device import device_of
from academies.people.facts import PasswordResetRequested


class AddressSerializer(RequestSerializer):
    email = serializers.CharField(max_length=254)


class NewPasswordSerializer(TokenSerializer):
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class ChangePasswordSerializer(RequestSerializer):
    current_password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    new_password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class ResetPasswordView(AnonymousAPIView):
    throttle_scope = "reset"

    @extend_schema(request=AddressSerializer, responses=MESSAGE, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Send an email with a link to choose a new password. The response doesn't reveal whether the account exists."""
        email = rules.normal_email(validated(AddressSerializer, request)["email"])
        raise_if_invalid(email, rules.email_problem(email))
        # The worker looks the account up later: the request takes equally long for every address.
        outbox.publish(PasswordResetRequested(email=email, asked_at=clock.now().isoformat()))
        return Response({"message": _("If there is an account with this email address, we've emailed it a link.")})


class ConfirmResetView(AnonymousAPIView):
    throttle_scope = "link"

    @extend_schema(request=NewPasswordSerializer, responses=MESSAGE, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Set a new password with the token from the email. Signs out everywhere."""
        actions.reset_password(**validated(NewPasswordSerializer, request), device=device_of(request), now=clock.now())
        return Response({"message": _("Your password is changed. Sign in with the new one.")})


class ChangePasswordView(APIView):
    throttle_scope = "password"

    @extend_schema(request=ChangePasswordSerializer, responses=MESSAGE, tags=["auth"])
    def post(self, request: Request) -> Response:
        """Change my password. Signs out everywhere else."""
        fields = validated(ChangePasswordSerializer, request)
        person = actions.change_password(
            person=request.user,
            current=fields["current_password"],
            new=fields["new_password"],
            keep=current_sign_in(request),
            device=device_of(request),
            now=clock.now(),
        )
        if current_sign_in(request) is None:
            update_session_auth_hash(request._request, person)
        return Response({"message": _("Your password is changed.")})
