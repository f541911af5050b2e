"""Provisioning steps for roles and the owner; sessions remember their device at sign-in."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from academies.kernel import clock
from academies.people import actions, permissions, rules, sessions  # noqa: F401
from academies.people.models import User
from academies.people.roles import OWNER
from academies.tenants.models import Academy
from academies.tenants.provisioning_steps import after_migration, step


@step("roles")
def seed_roles(academy: Academy) -> None:
    actions.seed_roles()


@after_migration
def add_missing_permissions(academy: Academy) -> None:
    actions.add_missing_permissions()


@step("owner")
def create_owner(academy: Academy) -> None:
    """Invite the owner: the account has no password until they use the link in the email."""
    if not academy.owner_email or User.objects.filter(groups__name=OWNER).exists():
        return
    local_part = academy.owner_email.partition("@")[0].replace(".", " ").title()
    name = "The owner" if rules.name_problem(local_part) else local_part
    actions.invite(email=academy.owner_email, full_name=name, role=OWNER, by=None, now=clock.now())


@receiver(user_logged_in, dispatch_uid="people.remember_place")
def remember_place(request: HttpRequest, **_: Any) -> None:
    if hasattr(request, "session"):
        sessions.remember(request)
