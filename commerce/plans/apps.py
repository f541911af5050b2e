from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "commerce.plans"
    label = "plans"
