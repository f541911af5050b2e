"""The language of a response: for the APIs from Accept-Language; for pages the one that the signed-in person chose, else
the academy's.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from academies.people.languages import chosen_language
from academies.tenants.languages import page_language

_FOR_PROGRAMS = ("/api/", "/hooks/")
_known: dict[str, str] = {}


def of_header(accepted: str) -> str:
    """Return the language for an Accept-Language header. Cached, because parsing is slow."""
    language = _known.get(accepted)
    if language is None:
        if len(_known) > 1000:
            # Clients can send any header.
            _known.clear()
        request = HttpRequest()
        request.META["HTTP_ACCEPT_LANGUAGE"] = accepted
        language = _known[accepted] = translation.get_language_from_request(request)
    return language


def of_request(request: HttpRequest) -> str:
    """Return the language of an API request."""
    return of_header(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))


class LanguageMiddleware:
    """Replaces Django's LocaleMiddleware. There is no language cookie.

    The admin then activates the language that a person chose for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_for_programs = request.path_info.startswith(_FOR_PROGRAMS)
        language = of_request(request) if is_for_programs else _of_page(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        response = self.get_response(request)
        if is_for_programs:
            patch_vary_headers(response, ("Accept-Language",))
        response.setdefault("Content-Language", language)
        return response


def _of_page(request: HttpRequest) -> str:
    # No query for visitors without a session.
    chosen = chosen_language(request.user) if request.session.session_key else ""
    return page_language(request.tenant, chosen=chosen)  # type: ignore[attr-defined]
