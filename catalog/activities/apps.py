from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "catalog.activities"
    label = "activities"
