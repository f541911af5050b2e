"""Admin doors of plans: what is sold, under "Sales". Ledgers of other rooms join the menu through its hook."""

from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from commerce.plans.models import Coupon, Plan


class PlanViewSet(SnippetViewSet):
    model = Plan
    icon = "tag"
    menu_label = "Plans"
    list_display = [
        "title",
        "slug",
        Column("price", label="Price", accessor=lambda plan: plan.price if plan.price_minor else "Free"),
        Column("interval", label="Paid", accessor=lambda plan: plan.get_interval_display()),
        BooleanColumn("on_sale", label="On sale"),
    ]
    list_filter = ["interval", "on_sale"]
    search_fields = ["title", "slug"]
    search_backend_name = None
    ordering = ["title"]


class CouponViewSet(SnippetViewSet):
    model = Coupon
    icon = "pick"
    menu_label = "Coupons"
    list_display = [
        "code",
        "percent",
        Column("amount", label="Amount", accessor=lambda coupon: coupon.amount or ""),
        "max_uses",
        "valid_until",
    ]
    search_fields = ["code"]
    search_backend_name = None
    ordering = ["code"]


class SalesGroup(SnippetViewSetGroup):
    menu_label = "Sales"
    menu_icon = "table"
    menu_order = 140
    items = (PlanViewSet, CouponViewSet)
    submenu_hook = "register_sales_menu_item"


register_snippet(SalesGroup)
