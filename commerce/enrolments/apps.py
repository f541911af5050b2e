from django.apps import AppConfig


class EnrolmentsConfig(AppConfig):
    name = "commerce.enrolments"
    label = "enrolments"
    role_permissions = {
        "Owner": (
            "view_enrolment",
            "cancel_enrolment",
            "view_registration",
            "cancel_registration",
            "promote_registration",
        ),
        "Teacher": (
            "view_enrolment",
            "view_registration",
        ),
        "Finance": (
            "view_enrolment",
            "view_registration",
        ),
        "Front desk": (
            "view_enrolment",
            "cancel_enrolment",
            "view_registration",
            "cancel_registration",
            "promote_registration",
        ),
    }
    beat_schedule = {
        "release expired holds": ("enrolments.release_holds", 30),
        "end access that has run out": ("enrolments.expire_access", 300),
    }
    record_admins = {
        "people": {
            520: "commerce.enrolments.record_admins.DateAdmin",
            530: "commerce.enrolments.record_admins.EnrolmentAdmin",
            540: "commerce.enrolments.record_admins.RegistrationAdmin",
        }
    }

    def ready(self) -> None:
        from commerce.enrolments import listeners  # noqa: F401
