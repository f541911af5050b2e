"""JSON doors of accounts."""

from academies.people.api.accounts import ProfileView, ProveEmailView, SignUpView, VerifyEmailView
from academies.people.api.passwords import ChangePasswordView, ConfirmResetView, ResetPasswordView
from academies.people.api.profiles import MeView, SettingsView, SkillsView, SkillView, SocialView
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
    "ProveEmailView",
    "RefreshView",
    "ResetPasswordView",
    "RevokeAllView",
    "SettingsView",
    "SignInPlaceView",
    "SignInView",
    "SignInsView",
    "SignOutView",
    "SignUpView",
    "SkillView",
    "SkillsView",
    "SocialView",
    "VerifyEmailView",
]
