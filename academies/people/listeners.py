"""Fact doors: a new academy gets its roles and its owner."""

from academies.people import actions
from academies.people.models import User
from academies.people.roles import OWNER
from academies.tenants.models import Academy
from academies.tenants.steps import step


@step("roles")
def seed_roles(academy: Academy) -> None:
    actions.seed_roles()


@step("owner")
def create_owner(academy: Academy) -> None:
    if not academy.owner_email:
        return
    owner = User.objects.filter(email__iexact=academy.owner_email).first()
    if owner is None:
        owner = User.objects.create_user(academy.owner_email, full_name=academy.owner_email.split("@")[0])
    actions.give_role(person=owner, role=OWNER)
