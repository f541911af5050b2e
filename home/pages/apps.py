from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "home.pages"
    label = "pages"

    def ready(self) -> None:
        from home.pages import (
            origins,
            site_frame,
        )

        site_frame.listen()
        origins.listen()
