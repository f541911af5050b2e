"""What an address answers that nothing can be at: 404, below /api/ whatever the method.

Without the view, Wagtail's pages would answer: a POST would be refused for its missing CSRF token, which tells nobody that the
address is wrong.
"""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def unknown_address(request: HttpRequest) -> HttpResponse:
    """Answer 404, or lead to the address that only lacks its slash, as CommonMiddleware does where nothing matches."""
    if not request.path_info.endswith("/") and _is_known(f"{request.path_info}/"):
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
    return HttpResponseNotFound()


def _is_known(path: str) -> bool:
    try:
        return resolve(path).func is not unknown_address
    except Resolver404:
        return False


def is_malformed_id(request: HttpRequest, error: Exception) -> bool:
    """Answer whether a view failed on a part of its address that no id can be, such as "3" where rows have UUIDs.

    Views of Wagtail pass it to the query as it came, and Django refuses it there.
    """
    if not isinstance(error, ValidationError) or getattr(error, "code", "") != "invalid":
        return False
    return str((error.params or {}).get("value")) in request.path.split("/")
