from django.apps import AppConfig


class LyceumConfig(AppConfig):
    name = "lyceum"
    label = "lyceum"
    # Of packages: what visitors see of them is on kept pages (lyceum.page_cache.invalidation).
    public_models = (
        "wagtailcore.Collection",
        "wagtailcore.CollectionViewRestriction",
        "wagtailcore.PageViewRestriction",
        "wagtailcore.Site",
        "wagtailredirects.Redirect",
    )

    def ready(self) -> None:
        # Commands and web processes send tasks too: they must know the broker.
        from lyceum import celery  # noqa: F401
        from lyceum.api import openapi  # noqa: F401
        from lyceum.page_cache import invalidation

        invalidation.listen()
