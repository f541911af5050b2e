from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "catalog.library"
    label = "library"

    def ready(self) -> None:
        from catalog.library import listeners, permissions  # noqa: F401
        from catalog.library.blocks import use_own_blocks_in_forms

        use_own_blocks_in_forms()
