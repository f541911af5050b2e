from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "academies.people"
    label = "people"
    role_permissions = {
        "Owner": (
            "view_user",
            "assign_role",
            "invite_user",
        ),
        "Teacher": ("view_user",),
        "Finance": ("view_user",),
        "Front desk": ("view_user",),
    }
    beat_schedule = {
        "clear old sessions": ("people.clear_sessions", 86_400),
    }
    record_admins = {
        "people": {
            510: "academies.records.people_admin.PeopleAdmin",
        }
    }

    def ready(self) -> None:
        from academies.people import listeners  # noqa: F401
