"""Who may see, revoke and reissue certificates."""

from typing import Any

from academies.kernel import policies


@policies.register("certificates.revoke")
def may_revoke(person: Any, certificate: Any = None) -> bool:
    return person.has_perm("certificates.revoke_certificate")


@policies.register("certificates.reissue")
def may_reissue(person: Any, certificate: Any = None) -> bool:
    return person.has_perm("certificates.reissue_certificate")


@policies.register("certificates.view")
def may_view(person: Any, certificate: Any = None) -> bool:
    """Return whether a person may see a certificate: their own, or any with the permission."""
    return (certificate is not None and certificate.person_id == person.pk) or person.has_perm(
        "certificates.view_certificate"
    )
