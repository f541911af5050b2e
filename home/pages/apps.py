from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "home.pages"
    label = "pages"

    def ready(self) -> None:
        from home.pages import explorer, listeners, origins, permissions, site_frame  # noqa: F401

        site_frame.listen()
        origins.listen()
