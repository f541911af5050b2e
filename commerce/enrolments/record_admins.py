"""The books of enrolments and registrations: admin doors."""

from datetime import datetime
from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest

from academies.kernel import clock, policies
from academies.ledgers.acts import Act
from academies.ledgers.book import ActButtons, Ledger
from catalog.offerings.models import Offering
from commerce.enrolments import actions, queries
from commerce.enrolments.models import Enrolment, Registration


def _cancel_enrolment(enrolment: Enrolment, *, by: Any, now: datetime) -> str:
    actions.cancel_enrolment(enrolment=enrolment, by=by, now=now)
    return f"{enrolment.person} no longer attends {enrolment.course_title}."


def _cancel_registration(registration: Registration, *, by: Any, now: datetime) -> str:
    actions.cancel_registration(registration=registration, by=by, now=now)
    return f"{registration.person} is off the list. A freed seat went to whoever waited longest."


def _promote(registration: Registration, *, by: Any, now: datetime) -> str:
    moved = actions.promote_from_waiting_list(offering=registration.offering, now=now, by=by)
    return f"{len(moved)} moved up from the waiting list." if moved else "There is no free seat to give."


class EnrolmentAdmin(Ledger):
    model = Enrolment
    menu_label = "Enrolments"
    menu_icon = "group"
    list_display = ("person", "course_title", "status", "percent", "enrolled_at", "completed_at")
    list_filter = ("status", "enrolled_at")
    list_export = ("id", "person", "email", "course_title", "status", "percent", "enrolled_at", "completed_at")
    search_fields = ("person__full_name", "person__email", "course_title")
    inspect_view_fields = (
        "person",
        "email",
        "course_title",
        "status",
        "percent",
        "enrolled_at",
        "completed_at",
        "ended_at",
    )
    select = ("person",)
    ordering = ("-enrolled_at", "-id")
    export_filename = "enrolments"
    acts = (
        Act(
            name="cancel",
            label="Cancel enrolment",
            asks="They lose access to the course at once. Their progress is kept, and nothing is refunded.",
            policy="enrolments.cancel",
            run=_cancel_enrolment,
            applies=lambda enrolment: enrolment.status == Enrolment.Status.ACTIVE,
            grave=True,
        ),
    )

    def email(self, enrolment: Enrolment) -> str:
        return enrolment.person.email


class RegistrationAdmin(Ledger):
    model = Registration
    menu_label = "Registrations"
    menu_icon = "calendar-check"
    list_display = ("person", "event", "date", "status", "created_at", "hold_until")
    list_filter = ("status", "created_at")
    list_export = ("id", "person", "email", "event", "date", "status", "created_at", "confirmed_at", "waiting_since")
    search_fields = ("person__full_name", "person__email", "offering__page__title")
    inspect_view_fields = (
        "person",
        "email",
        "event",
        "date",
        "status",
        "answers",
        "created_at",
        "confirmed_at",
        "hold_until",
        "waiting_since",
        "ended_at",
    )
    select = ("person", "offering", "offering__page")
    ordering = ("-created_at", "-id")
    export_filename = "registrations"
    acts = (
        Act(
            name="promote",
            label="Move the line up",
            asks="Every free seat goes to the next in line. A paid seat is held for them until they have paid.",
            policy="enrolments.promote",
            run=_promote,
            applies=lambda registration: registration.status == Registration.Status.WAITLISTED,
        ),
        Act(
            name="cancel",
            label="Cancel registration",
            asks="Their seat goes to the first in line. What they paid is refunded from the order.",
            policy="enrolments.cancel_registration",
            run=_cancel_registration,
            applies=lambda registration: registration.status in Registration.LIVE,
            grave=True,
        ),
    )

    def email(self, registration: Registration) -> str:
        return registration.person.email

    def event(self, registration: Registration) -> str:
        return registration.offering.page.title

    def date(self, registration: Registration) -> datetime:
        return registration.offering.starts_at


class DateButtons(ActButtons):
    """Beside the usual ones, the way to the page that asks before a date is cancelled."""

    def get_buttons_for_obj(  # type: ignore[override]
        self, obj: Offering, exclude: Any = None, classnames_add: Any = None, **kwargs: Any
    ) -> list[dict]:
        buttons = super().get_buttons_for_obj(obj, exclude, classnames_add, **kwargs)
        ahead = not obj.is_cancelled and obj.ends_at > clock.now()
        if ahead and policies.may("offerings.cancel", self.request.user, obj):
            classes = self.finalise_classname(["no", *(classnames_add or [])])
            cancel = {"url": queries.cancel_dates_url([obj]), "label": "Cancel this date", "title": "Cancel this date"}
            buttons.append({**cancel, "classname": classes})
        return buttons


class DateAdmin(Ledger):
    model = Offering
    menu_label = "Dates"
    menu_icon = "calendar-alt"
    button_helper_class = DateButtons
    list_display = ("event", "starts_at", "status", "taken", "waiting")
    list_filter = ("status", "starts_at")
    list_export = ("id", "event", "starts_at", "ends_at", "status", "seats", "taken", "waiting")
    search_fields = ("page__title", "title")
    inspect_view_fields = (
        "event", "starts_at", "ends_at", "status", "seats", "taken", "waiting", "cancelled_at", "previous_starts_at",
    )  # fmt: skip
    select = ("page",)
    ordering = ("-starts_at", "-id")
    export_filename = "dates"

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        return queries.with_seat_counts(super().get_queryset(request))

    def event(self, date: Offering) -> str:
        return f"{date.page.title}: {date.title}" if date.title else date.page.title

    @display(description="Seats taken")
    def taken(self, date: Offering) -> str:
        seated, _ = queries.seat_counts(date)
        return str(seated) if date.seats is None else f"{seated} of {date.seats}"

    def waiting(self, date: Offering) -> int:
        return queries.seat_counts(date)[1]
