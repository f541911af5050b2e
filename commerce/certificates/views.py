"""Pages of certificates: verifying one, downloading your own."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from academies.kernel import clock, policies
from academies.tenants.languages import page_language
from commerce.certificates import pdf, queries
from commerce.certificates.models import Certificate
from commerce.certificates.types import DEFAULT_COLOUR


def _noindex(response: HttpResponse) -> HttpResponse:
    # The page shows the holder's name to whoever has the code, so search engines mustn't list it.
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Redirect from a typed code to the page of its certificate."""
    code = request.GET.get("code", "").strip()
    certificate = queries.by_code(code)
    if certificate is not None:
        return redirect("verify", certificate.code)
    return _noindex(render(request, "certificates/verify_unknown.html", {"code": code}, status=404 if code else 200))


@require_safe
@never_cache
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Show whether a certificate is valid, and what is printed on it. Public."""
    certificate = queries.by_code(code)
    if certificate is None:
        return _noindex(render(request, "certificates/verify_unknown.html", {"code": code}, status=404))
    status = queries.effective_status(certificate, clock.now())
    return _noindex(render(request, "certificates/verify.html", {"certificate": certificate, "state": status}))


def default_colour() -> str:
    return DEFAULT_COLOUR


def pdf_response(certificate: Certificate, *, brand_colour: str) -> HttpResponse:
    """Return the PDF of a certificate; if it is no longer valid, the PDF says so."""
    data = queries.certificate_data(certificate, clock.now(), brand_colour=brand_colour)
    # The same for everybody, whichever language the page or the program speaks.
    with translation.override(page_language()):
        drawn = pdf.render(data)
    response = HttpResponse(drawn, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{certificate.code}.pdf"'
    response["Cache-Control"] = "private, no-cache"
    return response


class DownloadView(LoginRequiredMixin, View):
    """Download a certificate as a PDF: your own, or any for staff who may see certificates.

    brand_colour: returns the academy's colour. The URLconf passes it, because the brand belongs to `home`, above this app.
    """

    http_method_names = ["get", "head"]
    brand_colour: Callable[[], str] = staticmethod(default_colour)

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        certificate = Certificate.objects.filter(pk=pk).first()
        if certificate is None or not policies.may("certificates.view", request.user, certificate):
            raise Http404
        return pdf_response(certificate, brand_colour=self.brand_colour())
