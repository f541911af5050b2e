"""JSON doors of accounts."""

from academies.people.api.accounts import MeView, ProfileView, SignUpView, VerifyEmailView
from academies.people.api.passwords import ChangePasswordView, ConfirmResetView, ResetPasswordView
from academies.people.api.sign_ins import (
    RefreshView,
    RevokeAllView,
    SignInPlaceView,
    SignInsView,
    SignInView,
    SignOutView,
)

__all__ = [
    "ChangePasswordView",
    "ConfirmResetView",
    "MeView",
    "ProfileView",
    "RefreshView",
    "ResetPasswordView",
    "RevokeAllView",
    "SignInPlaceView",
    "SignInView",
    "SignInsView",
    "SignOutView",
    "SignUpView",
    "VerifyEmailView",
]
