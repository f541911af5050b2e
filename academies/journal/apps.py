from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "academies.journal"
    label = "journal"
    role_permissions = {
        "Owner": ("view_entry",),
    }
