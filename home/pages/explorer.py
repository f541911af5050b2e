"""Where those who write begin: at the academy's home page."""

from typing import Any

from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import register_permission_policy


class FromTheHomePage(PagePermissionPolicy):
    """Wagtail's own policy, but for the root that holds nothing but the home page: nobody is led there."""

    def explorable_root_instance(self, user: Any) -> Page | None:
        known: Page | None = getattr(user, "_lyceum_first_page", None)
        if known is None:
            known = super().explorable_root_instance(user)
            below = list(known.get_children()[:2]) if known and known.is_root() else []
            user._lyceum_first_page = known = below[0] if len(below) == 1 else known
        return known


register_permission_policy(Page, FromTheHomePage(Page))
