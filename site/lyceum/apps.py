from django.apps import AppConfig


class LyceumConfig(AppConfig):
    name = "lyceum"
    label = "lyceum"
    beat_schedule = {
        "forget responses to repeated requests": ("lyceum.purge_answers", 3_600),
    }
    # Models of packages that appear on cached pages (lyceum.page_cache.invalidation).
    public_models = (
        "wagtailcore.Collection",
        "wagtailcore.CollectionViewRestriction",
        "wagtailcore.PageViewRestriction",
        "wagtailcore.Site",
        "wagtailredirects.Redirect",
    )

    def ready(self) -> None:
        # Commands and web processes send tasks too, so they need the Celery app.
        from lyceum import celery, composition
        from lyceum.api import openapi  # noqa: F401
        from lyceum.page_cache import invalidation

        celery.app.conf.beat_schedule = composition.beat_schedule()
        invalidation.listen()
