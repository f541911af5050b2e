"""One's own certificates in `/api/v2/`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from academies.kernel import clock
from academies.tenants import queries as tenants
from catalog.api.cards import Card, Row, column, computed
from catalog.api.listing import OwnCardViewSet
from commerce.certificates import queries
from commerce.certificates.models import Certificate


@dataclass(slots=True, kw_only=True)
class CertificateCard(Card):
    id: UUID = column()
    code: str = column()
    title: str = column()
    holder: str = column()
    issued_on: date = column()
    expires_on: date | None = column()
    status: str = column("effective_status")
    hours: str | None = computed("hours")
    credits: str = computed("credits")
    enrollment: UUID | None = column("enrolment_id")
    html_url: str = computed("code")


class CertificatesAPI(OwnCardViewSet):
    """One's own certificates, as printed."""

    model = Certificate
    endpoint = "certificates"
    card_class = CertificateCard
    filters = {"status": ("effective_status", str), "code": ("code", str)}
    orders = {"issued_on": "issued_on", "title": "title"}

    def rows(self) -> QuerySet:
        return queries.with_effective_status(super().rows(), clock.now())

    def get_cards(self, rows: Sequence[Row]) -> list[CertificateCard]:
        origin = tenants.current_base_url()
        return [
            CertificateCard.from_row(
                row,
                hours=row["hours"] and str(row["hours"]),
                credits=str(row["credits"]),
                html_url=f"{origin}/verify/{row['code']}/",
            )
            for row in rows
        ]
