from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "home.pages"
    label = "pages"

    def ready(self) -> None:
        from home.pages import chrome, contexts, explorer, listeners, origins, permissions  # noqa: F401

        chrome.listen()
        origins.listen()
