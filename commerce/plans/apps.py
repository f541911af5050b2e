from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "commerce.plans"
    label = "plans"
    role_permissions = {
        "Owner": (
            "add_plan",
            "change_plan",
            "delete_plan",
            "view_plan",
            "add_coupon",
            "change_coupon",
            "delete_coupon",
            "view_coupon",
        ),
        "Editor": ("view_plan",),
        "Finance": (
            "add_plan",
            "change_plan",
            "delete_plan",
            "view_plan",
            "add_coupon",
            "change_coupon",
            "delete_coupon",
            "view_coupon",
        ),
    }
