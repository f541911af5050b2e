"""One's own enrolments and registrations in `/api/v2/`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from academies.kernel import clock
from catalog.api.cards import Card, Row, column, computed
from catalog.api.listing import OwnCardViewSet
from catalog.api.params import parse_number
from catalog.api.url_builder import UrlBuilder
from commerce.enrolments import queries
from commerce.enrolments.models import Enrolment, Registration


# --- Enrolments -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class EnrolledCourse:
    """A course that a person is enrolled in. html_url: None while it isn't published."""

    id: int | None
    title: str
    slug: str | None
    html_url: str | None


@dataclass(slots=True, kw_only=True)
class EnrolmentCard(Card):
    id: UUID = column()
    course: EnrolledCourse = computed("course_id", "course_title", "course__slug", "course__url_path", "course__live")
    status: str = column("status_now")
    percent: int = column()
    enrolled_at: datetime = column()
    completed_at: datetime | None = column()
    ended_at: datetime | None = column()
    access_ends_at: datetime | None = column()


class EnrollmentsAPI(OwnCardViewSet):
    """One's own enrolments."""

    model = Enrolment
    endpoint = "enrollments"
    card_class = EnrolmentCard
    filters = {"status": ("status_now", str), "course": ("course", parse_number)}
    orders = {"enrolled_at": "enrolled_at", "completed_at": "completed_at", "percent": "percent"}

    def rows(self) -> QuerySet:
        return super().rows().with_access(clock.now())  # type: ignore[attr-defined]

    def get_cards(self, rows: Sequence[Row]) -> list[EnrolmentCard]:
        urls = UrlBuilder()
        return [EnrolmentCard.from_row(row, course=_course(row, urls)) for row in rows]


def _course(row: Row, urls: UrlBuilder) -> EnrolledCourse:
    html_url = urls.full(row["course__url_path"]) if row["course__live"] else None
    return EnrolledCourse(row["course_id"], row["course_title"], row["course__slug"], html_url)


# --- Registrations --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RegisteredEvent:
    id: int
    title: str
    slug: str
    html_url: str


@dataclass(frozen=True, slots=True)
class RegisteredOffering:
    id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(slots=True, kw_only=True)
class RegistrationCard(Card):
    id: UUID = column()
    status: str = column()
    waitlist_position: int | None = computed("status", "people_before")
    event: RegisteredEvent = computed(
        "offering__page_id", "offering__page__title", "offering__page__slug", "offering__page__url_path"
    )
    offering: RegisteredOffering = computed(
        "offering_id", "offering__title", "offering__starts_at", "offering__ends_at"
    )
    hold_until: datetime | None = column()
    created_at: datetime = column()
    confirmed_at: datetime | None = column()
    ended_at: datetime | None = column()


class RegistrationsAPI(OwnCardViewSet):
    """One's own registrations and places on waiting lists."""

    model = Registration
    endpoint = "registrations"
    card_class = RegistrationCard
    filters = {"status": ("status", str), "event": ("offering__page", parse_number), "offering": ("offering", UUID)}
    orders = {"created_at": "created_at", "starts_at": "offering__starts_at"}

    def annotate(self, rows: QuerySet[Registration]) -> QuerySet[Registration]:
        return queries.with_waiting_position(rows)

    def get_cards(self, rows: Sequence[Row]) -> list[RegistrationCard]:
        urls = UrlBuilder()
        return [
            RegistrationCard.from_row(
                row,
                waitlist_position=row["people_before"] + 1 if row["status"] == "waitlisted" else None,
                event=_event(row, urls),
                offering=_offering(row),
            )
            for row in rows
        ]


def _event(row: Row, urls: UrlBuilder) -> RegisteredEvent:
    return RegisteredEvent(
        row["offering__page_id"],
        row["offering__page__title"],
        row["offering__page__slug"],
        urls.full(row["offering__page__url_path"]),
    )


def _offering(row: Row) -> RegisteredOffering:
    return RegisteredOffering(
        row["offering_id"], row["offering__title"], row["offering__starts_at"], row["offering__ends_at"]
    )
