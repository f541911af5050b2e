"""Roles: the groups of an academy, their permissions and their members."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page
from wagtail.users.models import UserProfile

from academies.journal import actions as journal
from academies.kernel import policies
from academies.kernel.errors import Conflict, Forbidden, Invalid
from academies.outbox import actions as outbox
from academies.people import queries, rules
from academies.people.actions import sign_ins
from academies.people.facts import PersonInvited
from academies.people.models import User
from academies.people.roles import OWNER, ROLES, Role
from academies.tenants import queries as tenants

ROLE_NAMES = {role.name for role in ROLES}
_STAFF = {role.name for role in ROLES if role.is_staff}


class LastOwner(Conflict):
    code = "last_owner"
    title = _("The last owner")
    message = _("An academy needs an owner. Make somebody else an owner first.")


@transaction.atomic
def seed_roles() -> None:
    """Create the groups of a new academy, each with exactly the permissions of its role."""
    for role in ROLES:
        _take_others(_give_all(role), role)
    # Wagtail's default groups would let people publish without one of our roles.
    Group.objects.filter(name__in=["Editors", "Moderators"]).delete()


@transaction.atomic
def add_missing_permissions() -> None:
    """Give the groups of an existing academy the permissions that their roles have gained.

    Permissions that an owner added by hand stay. A release that removes one does so in a data migration.
    """
    for role in ROLES:
        _give_all(role)


def _permissions(names: Iterable[str]) -> list[Permission]:
    """Return the permissions with these names, `app_label.codename`. Raises LookupError for an unknown one."""
    matching, names = Q(pk__in=[]), set(names)
    for name in names:
        app, codename = name.split(".")
        matching |= Q(content_type__app_label=app, codename=codename)
    permissions = list(Permission.objects.filter(matching).select_related("content_type"))
    missing = names - {f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions}
    if missing:
        raise LookupError(f"no such permissions: {', '.join(sorted(missing))}")
    return permissions


def _give_all(role: Role) -> Group:
    """Return a role's group after adding all permissions of the role: general, on pages and on collections."""
    group, _ = Group.objects.get_or_create(name=role.name)
    group.permissions.add(*_permissions(role.permissions))
    root, files = Page.get_first_root_node(), Collection.get_first_root_node()
    for permission in _on_pages(role):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    for permission in _on_files(role):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=files, permission=permission)
    return group


def _take_others(group: Group, role: Role) -> None:
    """Remove from a group the permissions that its role doesn't have."""
    group.permissions.set(_permissions(role.permissions))
    root, files = Page.get_first_root_node(), Collection.get_first_root_node()
    GroupPagePermission.objects.filter(group=group).exclude(page=root, permission__in=_on_pages(role)).delete()
    on_files = GroupCollectionPermission.objects.filter(group=group)
    on_files.exclude(collection=files, permission__in=_on_files(role)).delete()


def _on_pages(role: Role) -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=role.pages)


def _on_files(role: Role) -> QuerySet[Permission]:
    owners = ("wagtailimages", "wagtaildocs")
    return Permission.objects.filter(content_type__app_label__in=owners, codename__in=role.collections)


def give_role(*, person: User, role: str) -> None:
    """Add a person to a role's group."""
    person.groups.add(Group.objects.get(name=role))
    if role in _STAFF:
        # Wagtail would read the times that an editor types as UTC. They may choose another time zone.
        UserProfile.objects.get_or_create(user=person, defaults={"current_time_zone": tenants.current().time_zone})


def take_role(*, person: User, role: str) -> None:
    """Remove a person from a role's group."""
    person.groups.remove(Group.objects.get(name=role))


@transaction.atomic
def assign_role(*, person: User, role: str, by: User, now: datetime) -> User:
    """Give a person a role on behalf of an owner.

    For a role with access to the admin, a person whose email isn't verified is signed out and sent a link, as for an
    invitation.  Raises Forbidden, Invalid for an unknown role.
    """
    _may(by, "people.assign_role")
    _known(role)
    unverified = role in _STAFF and not queries.has_verified_email(person)
    if unverified:
        _require_verification(person, now)
    give_role(person=person, role=role)
    journal.record("people.role_given", of=person, by=by, at=now, role=role)
    if unverified:
        _send_invitation(person, role, by, now)
    return person


@transaction.atomic
def withdraw_role(*, person: User, role: str, by: User, now: datetime) -> User:
    """Take a role from a person on behalf of an owner.

    Locks the owners, so that two can't remove each other and leave the academy without one.
    Raises Forbidden, Invalid, LastOwner.
    """
    _may(by, "people.assign_role")
    _known(role)
    if role == OWNER:
        owners = list(User.objects.select_for_update().filter(groups__name=OWNER, is_active=True).values_list("pk"))
        if owners == [(person.pk,)]:
            raise LastOwner()
    take_role(person=person, role=role)
    journal.record("people.role_taken", of=person, by=by, at=now, role=role)
    return person


@transaction.atomic
def invite(*, email: str, full_name: str, role: str, by: User | None, now: datetime) -> User:
    """Give a person a role, creating an account if needed, and email them a link to choose a password.

    An existing account whose email was never verified may belong to anybody: its password and sign-ins are removed, so
    that only the owner of the email address gets the role.
    by: None when the platform invites an academy's owner.  Raises Forbidden, Invalid.
    """
    if by is not None:
        _may(by, "people.invite")
    _known(role)
    address, name = rules.normal_email(email), rules.normal_name(full_name)
    problems = {"email": rules.email_problem(address), "full_name": rules.name_problem(name)}
    wrong = {field: [sentence] for field, sentence in problems.items() if sentence}
    if wrong:
        raise Invalid(fields=wrong)
    person = User.objects.by_email(address) or User.objects.create_user(address, full_name=name)
    if not queries.has_verified_email(person):
        _require_verification(person, now)
    give_role(person=person, role=role)
    journal.record("people.invited", of=person, by=by, at=now, role=role)
    _send_invitation(person, role, by, now)
    return person


def _require_verification(person: User, now: datetime) -> None:
    """Remove the password and the sign-ins of an account: only the owner of its email address can get in again."""
    if not person.has_usable_password():
        return
    person.set_unusable_password()
    person.save(update_fields=["password", "updated_at"])
    sign_ins.end_all_sessions(person=person, because="invited", now=now)


def _send_invitation(person: User, role: str, by: User | None, now: datetime) -> None:
    """Email a link to choose a password, at most once a day per role."""
    invitation = f"{person.pk}:{role}:{now.date()}"
    outbox.publish(
        PersonInvited(person_id=str(person.pk), role=role, by=str(by) if by else "", invitation=invitation),
        key=f"people.invited:{invitation}",
    )


def _may(person: User, policy: str) -> None:
    if not policies.may(policy, person):
        raise Forbidden()


def _known(role: str) -> None:
    if role not in ROLE_NAMES:
        raise Invalid(fields={"role": [gettext("There is no role called %(role)s.") % {"role": role}]})
