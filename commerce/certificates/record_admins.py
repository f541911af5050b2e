"""The admin's list of certificates, with its actions."""

from datetime import datetime
from typing import Any

from django.contrib.admin import display
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academies.kernel import clock
from academies.records.record_actions import Reason, RecordAction
from academies.records.record_admin import RecordAdmin
from commerce.certificates import actions, queries
from commerce.certificates.models import Certificate


def _revoke(certificate: Certificate, *, by: Any, now: datetime, reason: str) -> str:
    actions.revoke(certificate=certificate, by=by, reason=reason, now=now)
    return _("Certificate %(code)s is revoked.") % {"code": certificate.code}


def _reissue(certificate: Certificate, *, by: Any, now: datetime) -> str:
    new = actions.reissue(certificate=certificate, by=by, now=now)
    return _("Certificate %(old)s is replaced by %(new)s.") % {"old": certificate.code, "new": new.code}


class CertificateAdmin(RecordAdmin):
    model = Certificate
    menu_label = gettext_lazy("Certificates")
    menu_icon = "tick-inverse"
    list_display = ("code", "holder", "title", "effective_status", "issued_on")
    list_filter = ("status", "issued_on")
    list_export = (
        "code",
        "holder",
        "title",
        "effective_status",
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
        "effective_status",
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
    actions = (
        RecordAction(
            name="reissue",
            label=gettext_lazy("Reissue"),
            asks=gettext_lazy("A certificate with a new code and the holder's present name replaces this one."),
            policy="certificates.reissue",
            run=_reissue,
            applies=lambda certificate: certificate.status != Certificate.Status.REPLACED,
        ),
        RecordAction(
            name="revoke",
            label=gettext_lazy("Revoke"),
            asks=gettext_lazy(
                "Its verification page will say that it was revoked. To undo this, reissue it with a new code."
            ),
            policy="certificates.revoke",
            run=_revoke,
            form=Reason,
            applies=lambda certificate: certificate.status == Certificate.Status.VALID,
            grave=True,
        ),
    )

    @display(description=gettext_lazy("Status"))
    def effective_status(self, certificate: Certificate) -> str:
        return queries.effective_status(certificate, clock.now())
