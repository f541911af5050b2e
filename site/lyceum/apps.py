from django.apps import AppConfig


class LyceumConfig(AppConfig):
    name = "lyceum"
    label = "lyceum"

    def ready(self) -> None:
        # Commands and web processes send tasks too: they must know the broker.
        from lyceum import celery, staleness  # noqa: F401
        from lyceum.api import openapi  # noqa: F401

        staleness.listen()
