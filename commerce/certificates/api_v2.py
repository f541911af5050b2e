"""The door of `/api/v2/` to one's own certificates."""

from collections.abc import Sequence

from django.db.models import QuerySet

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.api.listing import OwnCardViewSet, Row
from commerce.certificates import queries
from commerce.certificates.models import Certificate


class CertificatesAPI(OwnCardViewSet):
    """One's own certificates, as printed."""

    model = Certificate
    endpoint = "certificates"
    columns = (
        "id", "code", "title", "holder", "issued_on", "expires_on", "standing", "hours", "credits", "enrolment_id",
    )  # fmt: skip
    exact = {"status": ("standing", str), "code": ("code", str)}
    orders = {"issued_on": "issued_on", "title": "title"}
    card_fields = (
        "id", "code", "title", "holder", "issued_on", "expires_on", "status", "hours", "credits", "enrollment",
        "html_url",
    )  # fmt: skip

    def rows(self) -> QuerySet:
        return queries.with_standing(super().rows(), clock.now())

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        origin = tenants.current_base_url()
        return [
            {
                **{name: row[name] for name in ("code", "title", "holder", "issued_on", "expires_on")},
                "status": row["standing"],
                "id": str(row["id"]),
                "hours": row["hours"] and str(row["hours"]),
                "credits": str(row["credits"]),
                "enrollment": row["enrolment_id"] and str(row["enrolment_id"]),
                "html_url": f"{origin}/verify/{row['code']}/",
            }
            for row in rows
        ]
