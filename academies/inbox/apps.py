from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "academies.inbox"
    label = "inbox"
