"""The admin's lists of enrolments, registrations and dates, with their actions."""

from datetime import datetime
from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from academies.kernel import clock, policies
from academies.records.record_actions import RecordAction
from academies.records.record_admin import RecordActionButtons, RecordAdmin
from catalog.offerings.models import Offering
from commerce.enrolments import actions, queries
from commerce.enrolments.models import Enrolment, Registration


def _cancel_enrolment(enrolment: Enrolment, *, by: Any, now: datetime) -> str:
    actions.cancel_enrolment(enrolment=enrolment, by=by, now=now)
    return _("The enrolment of %(person)s in %(course)s is cancelled.") % {
        "person": enrolment.person,
        "course": enrolment.course_title,
    }


def _cancel_registration(registration: Registration, *, by: Any, now: datetime) -> str:
    actions.cancel_registration(registration=registration, by=by, now=now)
    return _("The registration of %(person)s is cancelled. A freed seat goes to the waiting list.") % {
        "person": registration.person
    }


def _promote(registration: Registration, *, by: Any, now: datetime) -> str:
    promoted = actions.promote_from_waiting_list(offering=registration.offering, now=now, by=by)
    if not promoted:
        return _("No seat is free.")
    return ngettext("%(count)d person was offered a seat.", "%(count)d people were offered a seat.", len(promoted)) % {
        "count": len(promoted)
    }


class EnrolmentAdmin(RecordAdmin):
    model = Enrolment
    menu_label = gettext_lazy("Enrolments")
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
    actions = (
        RecordAction(
            name="cancel",
            label=gettext_lazy("Cancel enrolment"),
            asks=gettext_lazy(
                "The person loses access to the course now. Their progress is kept. Nothing is refunded."
            ),
            policy="enrolments.cancel",
            run=_cancel_enrolment,
            applies=lambda enrolment: enrolment.status == Enrolment.Status.ACTIVE,
            grave=True,
        ),
    )

    @display(description=gettext_lazy("Email"))
    def email(self, enrolment: Enrolment) -> str:
        return enrolment.person.email


class RegistrationAdmin(RecordAdmin):
    model = Registration
    menu_label = gettext_lazy("Registrations")
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
    actions = (
        RecordAction(
            name="promote",
            label=gettext_lazy("Offer next seat"),
            asks=gettext_lazy(
                "Every free seat goes to the next person on the waiting list. A paid seat is held until they have paid."
            ),
            policy="enrolments.promote",
            run=_promote,
            applies=lambda registration: registration.status == Registration.Status.WAITLISTED,
        ),
        RecordAction(
            name="cancel",
            label=gettext_lazy("Cancel registration"),
            asks=gettext_lazy(
                "The seat goes to the first person on the waiting list. Refund a paid seat from its order."
            ),
            policy="enrolments.cancel_registration",
            run=_cancel_registration,
            applies=lambda registration: registration.status in Registration.LIVE,
            grave=True,
        ),
    )

    @display(description=gettext_lazy("Email"))
    def email(self, registration: Registration) -> str:
        return registration.person.email

    @display(description=gettext_lazy("Event"))
    def event(self, registration: Registration) -> str:
        return registration.offering.page.title

    @display(description=gettext_lazy("Date"))
    def date(self, registration: Registration) -> datetime:
        return registration.offering.starts_at


class DateButtons(RecordActionButtons):
    """The usual buttons, and one that leads to the page that cancels a date."""

    def get_buttons_for_obj(  # type: ignore[override]
        self, obj: Offering, exclude: Any = None, classnames_add: Any = None, **kwargs: Any
    ) -> list[dict]:
        buttons = super().get_buttons_for_obj(obj, exclude, classnames_add, **kwargs)
        can_be_cancelled = not obj.is_cancelled and obj.ends_at > clock.now()
        if can_be_cancelled and policies.may("offerings.cancel", self.request.user, obj):
            label = _("Cancel this date")
            classname = self.finalise_classname(["no", *(classnames_add or [])])
            buttons.append(
                {"url": queries.cancel_dates_url([obj]), "label": label, "title": label, "classname": classname}
            )
        return buttons


class DateAdmin(RecordAdmin):
    model = Offering
    menu_label = gettext_lazy("Dates")
    menu_icon = "calendar-alt"
    button_helper_class = DateButtons
    list_display = ("event", "starts_at", "status", "taken", "waiting")
    list_filter = ("status", "starts_at")
    list_export = ("id", "event", "starts_at", "ends_at", "status", "seats", "taken", "waiting")
    search_fields = ("page__title", "title")
    inspect_view_fields = (
        "event",
        "starts_at",
        "ends_at",
        "status",
        "seats",
        "taken",
        "waiting",
        "cancelled_at",
        "previous_starts_at",
    )
    select = ("page",)
    ordering = ("-starts_at", "-id")
    export_filename = "dates"

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        return queries.with_seat_counts(super().get_queryset(request))

    @display(description=gettext_lazy("Event"))
    def event(self, date: Offering) -> str:
        return f"{date.page.title}: {date.title}" if date.title else date.page.title

    @display(description=gettext_lazy("Seats taken"))
    def taken(self, date: Offering) -> str:
        taken, _waiting = queries.seat_counts(date)
        if date.seats is None:
            return str(taken)
        return _("%(taken)d of %(seats)d") % {"taken": taken, "seats": date.seats}

    @display(description=gettext_lazy("Waiting"))
    def waiting(self, date: Offering) -> int:
        _taken, waiting = queries.seat_counts(date)
        return waiting
