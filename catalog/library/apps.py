from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "catalog.library"
    label = "library"

    def ready(self) -> None:
        from catalog.library import listeners, permissions  # noqa: F401
        from catalog.library.blocks import give_forms_own_blocks

        give_forms_own_blocks()
