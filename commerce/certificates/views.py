"""Pages of certificates: verifying one, downloading one's own."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from academies.kernel import clock, policies
from commerce.certificates import queries
from commerce.certificates.models import Certificate
from commerce.certificates.pdf import render as draw


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
