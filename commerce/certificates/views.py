"""HTML doors: verifying a certificate, fetching one's own, and everything one learns and holds on one page."""

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from academies.kernel import clock, policies
from academies.people.models import User
from commerce.certificates import queries
from commerce.certificates.models import Certificate
from commerce.certificates.pdf import render as draw
from commerce.checkout import queries as checkout
from commerce.enrolments import queries as enrolments
from commerce.enrolments.models import Enrolment
from commerce.learning import queries as learning

_ORDERS_SHOWN = 5


def _unlisted(answer: HttpResponse) -> HttpResponse:
    # A holder's name is for whoever was given the code, not for whoever searches the web.
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Take a code as it was typed to the page of its certificate."""
    code = request.GET.get("code", "").strip()
    certificate = queries.by_code(code)
    if certificate is not None:
        return redirect("verify", certificate.code)
    return _unlisted(render(request, "certificates/verify_unknown.html", {"code": code}, status=404 if code else 200))


@require_safe
@never_cache
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Tell a stranger whether a certificate is valid, and what was printed on it."""
    certificate = queries.by_code(code)
    if certificate is None:
        return _unlisted(render(request, "certificates/verify_unknown.html", {"code": code}, status=404))
    state = queries.standing(certificate, clock.now())
    return _unlisted(render(request, "certificates/verify.html", {"certificate": certificate, "state": state}))


def pdf(certificate: Certificate) -> HttpResponse:
    """Answer with the sheet; one that is no longer valid says so across it."""
    answer = HttpResponse(draw(queries.face(certificate, clock.now())), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="certificate-{certificate.code}.pdf"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_safe
@login_required
def download(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fetch a certificate as a PDF: one's own, or any for those who work with them."""
    certificate = Certificate.objects.filter(pk=pk).first()
    if certificate is None or not policies.may("certificates.view", request.user, certificate):
        raise Http404
    return pdf(certificate)


@require_safe
@never_cache
@login_required
def my_learning(request: HttpRequest) -> HttpResponse:
    """Show everything one learns and holds: where one was, what is coming, what is done.

    It lives in this room because it looks across all of commerce. Nine queries, however much there is.
    """
    person, now = cast(User, request.user), clock.now()
    mine = list(enrolments.enrolments_of(person))
    active = [one for one in mine if one.status_now == Enrolment.Status.ACTIVE]
    following = learning.next_lessons(active)
    done = [one for one in mine if one.status == Enrolment.Status.COMPLETED]
    context = {
        "continuing": _continuing(active, following),
        "registrations": _upcoming(person, now),
        "active": [_shown(one, next_url=following[one.pk].url if one.pk in following else "") for one in active],
        "done": _with_certificates(done),
        "orders": checkout.orders_of(person)[:_ORDERS_SHOWN],
    }
    return render(request, "learning/my_learning.html", context)


def _continuing(active: list[Enrolment], following: dict[UUID, learning.Next]) -> dict[str, Any] | None:
    """Return where one was last; who has begun nothing begins with the newest course."""
    open_ones = [one for one in active if one.pk in following]
    touched = [one for one in open_ones if following[one.pk].touched_at]
    newest = max(touched, key=lambda one: following[one.pk].touched_at or one.enrolled_at, default=None)
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
    coming = enrolments.upcoming(person, now)
    for registration in coming:
        page = registration.offering.page
        _shown(registration.offering, event=getattr(page, "eventpage", page))
    return coming


def _with_certificates(done: list[Enrolment]) -> list[Enrolment]:
    held = queries.of_enrolments(done)
    return [_shown(one, certificate=held.get(one.pk)) for one in done]


def _shown(row: Any, **more: Any) -> Any:
    for name, value in more.items():
        setattr(row, name, value)
    return row
