"""The admin's menu as an editor reads it: Courses, Events, People, Sales. The apps' records join the last two."""

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from academies.records.record_admin import RecordAdmin
from lyceum import composition

_MENUS = {"people": "register_people_menu_item", "sales": "register_sales_menu_item"}


class PeopleGroup(ViewSetGroup):
    menu_label = _("People")
    menu_icon = "group"
    menu_order = 130
    items = ()
    submenu_hook = "register_people_menu_item"


@hooks.register("register_admin_viewset")
def people() -> PeopleGroup:
    return PeopleGroup()


def _show_in(hook: str, admin: RecordAdmin, order: int) -> None:
    # The group's menu shows it; registered by itself it would stand in the main menu too.
    admin.add_to_admin_menu = False
    admin.register_with_wagtail()
    hooks.register(hook, lambda: admin.get_menu_item(order=order))


for _menu, _hook in _MENUS.items():
    for _order, _class in composition.record_admins(_menu):
        _show_in(_hook, _class(), _order)


@hooks.register("insert_global_admin_css")
def add_admin_style_sheet() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("lyceum/css/admin.css"))


@hooks.register("construct_main_menu")
def hide_snippets(request: Any, items: list[Any]) -> None:
    """Snippets are in the menus of their apps."""
    items[:] = [item for item in items if item.name != "snippets"]


@hooks.register("construct_settings_menu")
def hide_users_and_groups(request: Any, items: list[Any]) -> None:
    """The People menu has people and their roles."""
    items[:] = [item for item in items if item.name not in ("users", "groups")]
