"""Who may do what: the groups of an academy, and who is in them."""

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
    """Make the groups of a new academy and give each exactly its permissions."""
    for role in ROLES:
        _take_others(_give_all(role), role)
    # Wagtail's own two groups would let people publish without a role of ours.
    Group.objects.filter(name__in=["Editors", "Moderators"]).delete()


@transaction.atomic
def add_missing_permissions() -> None:
    """Give the groups of an academy that exists what their roles have gained.

    What an owner gave by hand stays. A release that takes something away does so in a data migration.
    """
    for role in ROLES:
        _give_all(role)


def _permissions(names: Iterable[str]) -> list[Permission]:
    """Return the permissions of these names, `app_label.codename`. Raises LookupError for one that doesn't exist."""
    wanted, names = Q(pk__in=[]), set(names)
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(wanted).select_related("content_type"))
    missing = names - {f"{one.content_type.app_label}.{one.codename}" for one in found}
    if missing:
        raise LookupError(f"no such permissions: {', '.join(sorted(missing))}")
    return found


def _give_all(role: Role) -> Group:
    """Return a role's group, with all permissions of the role: general, on all pages and on all files."""
    group, _ = Group.objects.get_or_create(name=role.name)
    group.permissions.add(*_permissions(role.permissions))
    root, files = Page.get_first_root_node(), Collection.get_first_root_node()
    for permission in _on_pages(role):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    for permission in _on_files(role):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=files, permission=permission)
    return group


def _take_others(group: Group, role: Role) -> None:
    """Take from a group the permissions that its role doesn't have."""
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
    """Put a person into a role's group, beside those they have."""
    person.groups.add(Group.objects.get(name=role))
    if role in _STAFF:
        # The admin's clock: Wagtail would read the hours that an editor types as UTC. They may choose another zone.
        UserProfile.objects.get_or_create(user=person, defaults={"current_time_zone": tenants.current().time_zone})


def take_role(*, person: User, role: str) -> None:
    """Take a person out of a role's group."""
    person.groups.remove(Group.objects.get(name=role))


@transaction.atomic
def assign_role(*, person: User, role: str, by: User, now: datetime) -> User:
    """Give somebody a role, as an owner does.

    A role in the admin is given as an invitation gives it: who never proved their address gets a link first.
    Raises Forbidden for who may not, Invalid for a role that doesn't exist.
    """
    _may(by, "people.assign_role")
    _known(role)
    unproven = role in _STAFF and not queries.has_verified_email(person)
    if unproven:
        _require_proof(person, now)
    give_role(person=person, role=role)
    journal.record("people.role_given", of=person, by=by, at=now, role=role)
    if unproven:
        _send_invitation(person, role, by, now)
    return person


@transaction.atomic
def withdraw_role(*, person: User, role: str, by: User, now: datetime) -> User:
    """Take a role from somebody, as an owner does.

    Locks the owners, so that two can't remove each other and leave an academy without one.
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
    """Give somebody a role, making an account when there is none, and write them a link to choose a password.

    Somebody known whose address was never proven may be anybody: their password and sign-ins end, so that the role is had
    by who reads the letter.
    by: None when the platform invites an academy's owner.  Raises Forbidden, Invalid.
    """
    if by is not None:
        _may(by, "people.invite")
    _known(role)
    address, name = rules.normal_email(email), rules.normal_name(full_name)
    said = {"email": rules.email_problem(address), "full_name": rules.name_problem(name)}
    wrong = {field: [sentence] for field, sentence in said.items() if sentence}
    if wrong:
        raise Invalid(fields=wrong)
    person = User.objects.by_email(address) or User.objects.create_user(address, full_name=name)
    if not queries.has_verified_email(person):
        _require_proof(person, now)
    give_role(person=person, role=role)
    journal.record("people.invited", of=person, by=by, at=now, role=role)
    _send_invitation(person, role, by, now)
    return person


def _require_proof(person: User, now: datetime) -> None:
    """End the password and the sign-ins of an account: only who reads its email gets in again."""
    if not person.has_usable_password():
        return
    person.set_unusable_password()
    person.save(update_fields=["password", "updated_at"])
    sign_ins.end_all_sessions(person=person, because="invited", now=now)


def _send_invitation(person: User, role: str, by: User | None, now: datetime) -> None:
    """Email a link to choose a password, once a day for a role."""
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
