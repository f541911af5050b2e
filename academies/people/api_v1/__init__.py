"""Endpoints of accounts."""

from academies.people.api_v1.accounts import ProfileView, ResendVerificationView, SignUpView, VerifyEmailView
from academies.people.api_v1.passwords import ChangePasswordView, ConfirmResetView, ResetPasswordView
from academies.people.api_v1.profiles import MeView, SettingsView, SkillsView, SkillView, SocialView
from academies.people.api_v1.sign_ins import (
    RefreshView,
    RevokeAllView,
    SignInSessionView,
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
    "ResendVerificationView",
    "ResetPasswordView",
    "RevokeAllView",
    "SettingsView",
    "SignInSessionView",
    "SignInView",
    "SignInsView",
    "SignOutView",
    "SignUpView",
    "SkillView",
    "SkillsView",
    "SocialView",
    "VerifyEmailView",
]
