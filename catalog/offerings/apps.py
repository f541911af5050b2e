from django.apps import AppConfig


class OfferingsConfig(AppConfig):
    name = "catalog.offerings"
    label = "offerings"
