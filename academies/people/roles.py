"""Roles: groups seeded in each academy, with their permissions.

Apps declare the permissions of each role on their models in `role_permissions` of their AppConfig. This module has the roles,
access to the admin, and Wagtail's permissions on pages and on collections of images and documents.
"""

from dataclasses import dataclass

from django.apps import apps

ALL_CONTENT = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page", "bulk_delete_page")
# Wagtail checks the permissions of its own image and document models, even where custom models replace them.
_OWN_FILES = ("add_image", "choose_image", "add_document", "choose_document")
# Who may add files may change and delete their own; `change_image` and `change_document` allow it for all files.
_FILES = (*_OWN_FILES, "change_image", "change_document")


@dataclass(frozen=True)
class Role:
    """is_staff: may open the admin.  pages: codenames on the whole tree.  collections: codenames on all files."""

    name: str
    is_staff: bool = True
    pages: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()

    @property
    def permissions(self) -> list[str]:
        """Return `app_label.codename` of everything that the apps grant to this role."""
        granted = ["wagtailadmin.access_admin"] if self.is_staff else []
        for config in apps.get_app_configs():
            codenames = getattr(config, "role_permissions", {}).get(self.name, ())
            granted += [f"{config.label}.{codename}" for codename in codenames]
        return granted


OWNER, EDITOR, TEACHER, FINANCE, FRONT_DESK, LEARNER = "Owner", "Editor", "Teacher", "Finance", "Front desk", "Learner"

ROLES = (
    Role(OWNER, pages=ALL_CONTENT, collections=_FILES),
    Role(EDITOR, pages=ALL_CONTENT, collections=_FILES),
    Role(TEACHER, pages=("add_page", "change_page"), collections=_OWN_FILES),
    Role(FINANCE),
    Role(FRONT_DESK),
    Role(LEARNER, is_staff=False),
)
