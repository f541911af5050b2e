"""A person's own overview."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from academies.kernel import clock
from academies.people.models import User
from commerce.certificates import queries as certificates
from commerce.checkout import queries as checkout
from commerce.enrolments import queries as enrolments
from commerce.enrolments.models import Enrolment
from commerce.learning import queries as learning

_ORDERS_SHOWN = 5


@require_safe
@never_cache
@login_required
def my_learning(request: HttpRequest) -> HttpResponse:
    """Show everything one learns and holds: where one was, what is coming, what is done.

    Nine queries, however much there is.
    """
    person, now = cast(User, request.user), clock.now()
    mine = list(enrolments.enrolments_of(person))
    active = [enrolment for enrolment in mine if enrolment.status_now == Enrolment.Status.ACTIVE]
    following = learning.next_lessons(active)
    done = [enrolment for enrolment in mine if enrolment.status == Enrolment.Status.COMPLETED]
    context = {
        "continuing": _continuing(active, following),
        "registrations": _upcoming(person, now),
        "active": [
            _shown(enrolment, next_url=following[enrolment.pk].url if enrolment.pk in following else "")
            for enrolment in active
        ],
        "done": _with_certificates(done),
        "orders": checkout.orders_of(person)[:_ORDERS_SHOWN],
    }
    return render(request, "storefront/my_learning.html", context)


def _with_next_lesson(enrolment: Enrolment, following: dict[UUID, learning.NextLesson]) -> Any:
    lesson = following.get(enrolment.pk)
    return _shown(enrolment, next_url=lesson.url if lesson else "")


def _continuing(active: list[Enrolment], following: dict[UUID, learning.NextLesson]) -> dict[str, Any] | None:
    """Return where one was last; who has begun nothing begins with the newest course."""
    open_ones = [enrolment for enrolment in active if enrolment.pk in following]
    opened = [enrolment for enrolment in open_ones if following[enrolment.pk].opened_at]
    newest = max(opened, key=lambda enrolment: following[enrolment.pk].opened_at or enrolment.enrolled_at, default=None)
    enrolment = newest or next(iter(open_ones), None)
    if enrolment is None:
        return None
    lesson = following[enrolment.pk]
    return {
        "course_title": enrolment.course_title,
        "lesson": lesson,
        "url": lesson.url,
        "percent": enrolment.percent,
    }


def _upcoming(person: User, now: Any) -> list[Any]:
    coming = enrolments.upcoming_registrations(person, now)
    for registration in coming:
        page = registration.offering.page
        _shown(registration.offering, event=getattr(page, "eventpage", page))
    return coming


def _with_certificates(done: list[Enrolment]) -> list[Enrolment]:
    held = certificates.certificates_by_enrolment(done)
    return [_shown(enrolment, certificate=held.get(enrolment.pk)) for enrolment in done]


def _shown(row: Any, **more: Any) -> Any:
    for name, value in more.items():
        setattr(row, name, value)
    return row
