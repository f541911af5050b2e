"""What programs read about a date of an event, without the seats that are left: commerce counts those."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from academies.kernel.money import Money
from catalog.api.cards import Card
from catalog.offerings.models import Offering
from catalog.offerings.queries import state_of

Status = Literal["scheduled", "cancelled"]
RegistrationState = Literal["not_yet", "open", "closed", "ended", "cancelled"]


@dataclass(slots=True, kw_only=True)
class OfferingCard(Card):
    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    previous_starts_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    registration: RegistrationState
    seats: int | None
    waiting_list: bool
    price: Money
    cpd_minutes: int


def offering_card(offering: Offering, now: datetime) -> OfferingCard:
    """Return the card of a date. No query."""
    return OfferingCard(
        id=offering.pk,
        title=offering.title,
        starts_at=offering.starts_at,
        ends_at=offering.ends_at,
        status=cast(Status, offering.status),
        previous_starts_at=offering.previous_starts_at,
        opens_at=offering.opens_at,
        closes_at=offering.registration_ends_at,
        registration=cast(RegistrationState, state_of(offering, now)),
        seats=offering.seats,
        waiting_list=offering.waiting_list,
        price=offering.price,
        cpd_minutes=offering.cpd_minutes,
    )
