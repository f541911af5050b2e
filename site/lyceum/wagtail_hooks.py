"""The admin's menu as an editor reads it: Courses, Events, People, Sales. Ledgers of every room join here."""

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from academies.notifications.record_admins import DeliveryAdmin
from academies.records.people_admin import PeopleAdmin
from academies.records.record_admin import RecordAdmin
from commerce.certificates.record_admins import CertificateAdmin
from commerce.checkout.ledgers import EventLedger, OrderLedger, PaymentLedger, RefundLedger
from commerce.enrolments.record_admins import DateAdmin, EnrolmentAdmin, RegistrationAdmin

_BOOKS: dict[str, tuple[type[RecordAdmin], ...]] = {
    "register_people_menu_item": (
        PeopleAdmin,
        DateAdmin,
        EnrolmentAdmin,
        RegistrationAdmin,
        CertificateAdmin,
        DeliveryAdmin,
    ),
    "register_sales_menu_item": (OrderLedger, PaymentLedger, RefundLedger, EventLedger),
}


class PeopleGroup(ViewSetGroup):
    menu_label = _("People")
    menu_icon = "group"
    menu_order = 130
    items = ()
    submenu_hook = "register_people_menu_item"


@hooks.register("register_admin_viewset")
def people() -> PeopleGroup:
    return PeopleGroup()


def _put_on(menu: str, position: int, ledger: RecordAdmin) -> None:
    hooks.register(menu, lambda: ledger.get_menu_item(order=500 + position))


for _menu, _ledgers in _BOOKS.items():
    for _position, _class in enumerate(_ledgers):
        _ledger = _class()
        # The group's menu shows it; registered by itself it would stand in the main menu too.
        _ledger.add_to_admin_menu = False
        _ledger.register_with_wagtail()
        _put_on(_menu, _position, _ledger)


@hooks.register("insert_global_admin_css")
def our_own_style() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("lyceum/css/admin.css"))


@hooks.register("construct_main_menu")
def hide_what_has_a_better_place(request: Any, items: list[Any]) -> None:
    """Snippets are listed under the menu they belong to."""
    items[:] = [item for item in items if item.name != "snippets"]


@hooks.register("construct_settings_menu")
def hide_wagtail_s_own_users(request: Any, items: list[Any]) -> None:
    """People and their roles are in the menu of that name."""
    items[:] = [item for item in items if item.name not in ("users", "groups")]
