from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "catalog.courses"
    label = "courses"
    role_permissions = {
        "Owner": (
            "add_category",
            "change_category",
            "delete_category",
            "view_category",
            "add_instructor",
            "change_instructor",
            "delete_instructor",
            "view_instructor",
            "publish_instructor",
            "lock_instructor",
            "unlock_instructor",
        ),
        "Editor": (
            "add_category",
            "change_category",
            "delete_category",
            "view_category",
            "add_instructor",
            "change_instructor",
            "delete_instructor",
            "view_instructor",
            "publish_instructor",
            "lock_instructor",
            "unlock_instructor",
        ),
        "Teacher": (
            "view_instructor",
            "view_category",
        ),
    }
    beat_schedule = {
        "publish scheduled pages": ("courses.publish_scheduled", 60),
    }
