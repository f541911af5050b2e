"""URLs whose views raise, for tests of error responses."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from lyceum.urls import urlpatterns as real


class Broken(APIView):
    permission_classes: list = []

    def get(self, request: Request) -> Response:
        raise RuntimeError("secret reason")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret reason")


# Wagtail's own API as it comes: its errors have another shape.
class Pages(PagesAPIViewSet):
    permission_classes: list = []


stock = WagtailAPIRouter("stock")
stock.register_endpoint("pages", Pages)

urlpatterns = [path("api/v2/", stock.urls), path("api/v1/drf/", Broken.as_view()), path("api/v1/plain/", broken), *real]
