from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "home.pages"
    label = "pages"
    role_permissions = {
        "Owner": (
            "change_brand",
            "change_headless",
        ),
    }

    def ready(self) -> None:
        from home.pages import explorer, listeners, origins, site_frame  # noqa: F401

        site_frame.listen()
        origins.listen()
