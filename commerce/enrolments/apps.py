from django.apps import AppConfig


class EnrolmentsConfig(AppConfig):
    name = "commerce.enrolments"
    label = "enrolments"

    def ready(self) -> None:
        from commerce.enrolments import listeners  # noqa: F401
