"""What an address below /api/ answers that no route knows: 404, whatever the method.

Without it, Wagtail's pages would answer: a POST would be refused for its missing CSRF token, which tells nobody that the
address is wrong.
"""

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
