from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "academies.people"
    label = "people"

    def ready(self) -> None:
        from academies.people import listeners  # noqa: F401
