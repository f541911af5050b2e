"""A view that does nothing, to measure Django itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b'{"status": "ok"}'


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, content_type="application/json")


urlpatterns = [path("bench/bare/", bare)]
