"""The book of certificates: admin doors."""

from datetime import datetime
from typing import Any

from academies.kernel import clock
from academies.records.record_actions import Reason, RecordAction
from academies.records.record_admin import RecordAdmin
from commerce.certificates import actions, queries
from commerce.certificates.models import Certificate


def _revoke(certificate: Certificate, *, by: Any, now: datetime, reason: str) -> str:
    actions.revoke(certificate=certificate, by=by, reason=reason, now=now)
    return f"{certificate.code} is revoked. Whoever verifies it is told so."


def _reissue(certificate: Certificate, *, by: Any, now: datetime) -> str:
    fresh = actions.reissue(certificate=certificate, by=by, now=now)
    return f"{fresh.code} replaces {certificate.code}, with the holder's name of today."


class CertificateLedger(RecordAdmin):
    model = Certificate
    menu_label = "Certificates"
    menu_icon = "tick-inverse"
    list_display = ("code", "holder", "title", "standing", "issued_on")
    list_filter = ("status", "issued_on")
    list_export = (
        "code",
        "holder",
        "title",
        "standing",
        "issued_on",
        "hours",
        "credits",
        "revoked_at",
        "revoked_because",
    )
    search_fields = ("code", "holder", "title")
    inspect_view_fields = (
        "code",
        "holder",
        "title",
        "standing",
        "academy",
        "issued_on",
        "expires_on",
        "hours",
        "credits",
        "instructors",
        "revoked_at",
        "revoked_because",
        "revision_id",
    )
    ordering = ("-issued_on", "-id")
    export_filename = "certificates"
    acts = (
        RecordAction(
            name="reissue",
            label="Reissue",
            asks="A new certificate with a new code replaces this one, with the holder's name of today; all else stays.",
            policy="certificates.reissue",
            run=_reissue,
            applies=lambda certificate: certificate.status != Certificate.Status.REPLACED,
        ),
        RecordAction(
            name="revoke",
            label="Revoke",
            asks="Whoever verifies it will read that it was revoked. Only a reissue, with a new code, makes good for it.",
            policy="certificates.revoke",
            run=_revoke,
            form=Reason,
            applies=lambda certificate: certificate.status == Certificate.Status.VALID,
            grave=True,
        ),
    )

    def standing(self, certificate: Certificate) -> str:
        return queries.standing(certificate, clock.now())
