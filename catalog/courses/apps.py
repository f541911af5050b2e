from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "catalog.courses"
    label = "courses"

    def ready(self) -> None:
        from catalog.courses import contexts, listeners  # noqa: F401
