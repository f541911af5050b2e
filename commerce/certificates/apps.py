from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "commerce.certificates"
    label = "certificates"
    role_permissions = {
        "Owner": (
            "view_certificate",
            "revoke_certificate",
            "reissue_certificate",
        ),
        "Finance": ("view_certificate",),
        "Front desk": (
            "view_certificate",
            "revoke_certificate",
            "reissue_certificate",
        ),
    }
    record_admins = {
        "people": {
            550: "commerce.certificates.record_admins.CertificateAdmin",
        }
    }

    def ready(self) -> None:
        from commerce.certificates import listeners  # noqa: F401
