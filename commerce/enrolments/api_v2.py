"""One's own enrolments and registrations in `/api/v2/`."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from academies.kernel import clock
from catalog.api.base import parse_number
from catalog.api.listing import OwnCardViewSet, Row
from catalog.api.url_builder import UrlBuilder
from commerce.enrolments import queries
from commerce.enrolments.models import Enrolment, Registration


class EnrollmentsAPI(OwnCardViewSet):
    """One's own enrolments."""

    model = Enrolment
    endpoint = "enrollments"
    columns = (
        "id", "course_id", "course_title", "course__slug", "course__url_path", "course__live", "percent", "enrolled_at",
        "completed_at", "ended_at", "status_now", "access_ends_at",
    )  # fmt: skip
    exact = {"status": ("status_now", str), "course": ("course", parse_number)}
    orders = {"enrolled_at": "enrolled_at", "completed_at": "completed_at", "percent": "percent"}
    card_fields = (
        "id", "course", "status", "percent", "enrolled_at", "completed_at", "ended_at", "access_ends_at",
    )  # fmt: skip

    def rows(self) -> QuerySet:
        return super().rows().with_access(clock.now())  # type: ignore[attr-defined]

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        addresses = UrlBuilder()
        return [
            {
                "id": str(row["id"]),
                "course": {
                    "id": row["course_id"],
                    "title": row["course_title"],
                    "slug": row["course__slug"],
                    "html_url": addresses.full(row["course__url_path"]) if row["course__live"] else None,
                },
                "status": row["status_now"],
                **{
                    name: row[name] for name in ("percent", "enrolled_at", "completed_at", "ended_at", "access_ends_at")
                },
            }
            for row in rows
        ]


class RegistrationsAPI(OwnCardViewSet):
    """One's own seats and places in line."""

    model = Registration
    endpoint = "registrations"
    columns = (
        "id", "status", "hold_until", "created_at", "confirmed_at", "ended_at", "offering_id", "offering__title",
        "offering__starts_at", "offering__ends_at", "offering__page_id", "offering__page__title",
        "offering__page__slug", "offering__page__url_path", "people_before",
    )  # fmt: skip
    exact = {"status": ("status", str), "event": ("offering__page", parse_number), "offering": ("offering", UUID)}
    orders = {"created_at": "created_at", "starts_at": "offering__starts_at"}
    card_fields = (
        "id", "status", "waitlist_position", "event", "offering", "hold_until", "created_at", "confirmed_at", "ended_at",
    )  # fmt: skip

    def annotated(self, rows: QuerySet[Registration]) -> QuerySet[Registration]:
        return queries.with_waiting_position(rows)

    def cards(self, rows: Sequence[Row]) -> list[Row]:
        addresses = UrlBuilder()
        return [
            {
                "id": str(row["id"]),
                "status": row["status"],
                "waitlist_position": row["people_before"] + 1 if row["status"] == "waitlisted" else None,
                "event": {
                    "id": row["offering__page_id"],
                    "title": row["offering__page__title"],
                    "slug": row["offering__page__slug"],
                    "html_url": addresses.full(row["offering__page__url_path"]),
                },
                "offering": {
                    "id": str(row["offering_id"]),
                    "title": row["offering__title"],
                    "starts_at": row["offering__starts_at"],
                    "ends_at": row["offering__ends_at"],
                },
                **{name: row[name] for name in ("hold_until", "created_at", "confirmed_at", "ended_at")},
            }
            for row in rows
        ]
