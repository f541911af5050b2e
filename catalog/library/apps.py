from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "catalog.library"
    label = "library"
