"""The only writer of accounts, roles and sign-ins."""

from academies.people.actions.accounts import (
    EmailTaken,
    InvalidLink,
    change_password,
    choose_password,
    join,
    reset_password,
    sign_up,
    update_profile,
    verify_email,
)
from academies.people.actions.roles import assign_role, give_role, invite, seed_roles, take_role, withdraw_role
from academies.people.actions.sign_ins import (
    InvalidCredentials,
    InvalidRefreshToken,
    authenticate,
    begin,
    clear_sessions,
    end,
    end_all,
    refresh,
    sign_in,
    sign_out,
)

__all__ = [
    "EmailTaken",
    "InvalidCredentials",
    "InvalidLink",
    "InvalidRefreshToken",
    "assign_role",
    "authenticate",
    "begin",
    "change_password",
    "choose_password",
    "clear_sessions",
    "end",
    "end_all",
    "give_role",
    "invite",
    "join",
    "refresh",
    "reset_password",
    "seed_roles",
    "sign_in",
    "sign_out",
    "sign_up",
    "take_role",
    "update_profile",
    "verify_email",
    "withdraw_role",
]
