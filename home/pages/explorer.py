"""Make the page explorer start at the academy's home page."""

from typing import Any

from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import register_permission_policy


class HomePagePermissionPolicy(PagePermissionPolicy):
    """Wagtail's page policy, with the home page as the explorable root instead of the tree's root above it."""

    def explorable_root_instance(self, user: Any) -> Page | None:
        root: Page | None = getattr(user, "_lyceum_explorer_root", None)
        if root is None:
            root = super().explorable_root_instance(user)
            children = list(root.get_children()[:2]) if root and root.is_root() else []
            user._lyceum_explorer_root = root = children[0] if len(children) == 1 else root
        return root


register_permission_policy(Page, HomePagePermissionPolicy(Page))
