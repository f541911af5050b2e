"""The only writer of accounts, roles and sign-ins."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from academies.people.models import User
from academies.people.roles import ROLES, Role


@transaction.atomic
def seed_roles() -> None:
    """Make the groups of an academy and give each exactly its permissions. Runs again when roles change."""
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role.name)
        group.permissions.set(_permissions(role.permissions))
        _on_tree(group, role)
    # Wagtail's own two groups would let people publish without a role of ours.
    Group.objects.filter(name__in=["Editors", "Moderators"]).delete()


def _permissions(names: Iterable[str]) -> list[Permission]:
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return list(Permission.objects.filter(wanted)) if wanted else []


def _on_tree(group: Group, role: Role) -> None:
    root = Page.get_first_root_node()
    files = Collection.get_first_root_node()
    for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=role.pages):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    for permission in Permission.objects.filter(content_type__app_label="library", codename__in=role.collections):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=files, permission=permission)


def give_role(*, person: User, role: str) -> None:
    """Put a person into a role's group, beside those they have."""
    person.groups.add(Group.objects.get(name=role))
