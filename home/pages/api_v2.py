"""Doors of `/api/v2/` to pages and redirects: Wagtail's own, for public pages only."""

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from wagtail.api.v2.filters import (
    AncestorOfFilter,
    ChildOfFilter,
    DescendantOfFilter,
    FieldsFilter,
    LocaleFilter,
    OrderingFilter,
    TranslationOfFilter,
)
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.contrib.redirects.api import RedirectsAPIViewSet
from wagtail.models import Page

from catalog.api.base import PublicResponseMixin, SearchFilter, invalid_param
from home.pages.queries import public_pages


class PagesAPI(PublicResponseMixin, PagesAPIViewSet):
    """Wagtail's pages endpoint over public pages. What isn't public is not listed, found, counted, or a parent of anything."""

    filter_backends = [
        FieldsFilter,
        ChildOfFilter,
        AncestorOfFilter,
        DescendantOfFilter,
        OrderingFilter,
        TranslationOfFilter,
        LocaleFilter,
        SearchFilter,
    ]

    def get_base_queryset(self) -> QuerySet[Page]:
        return super().get_base_queryset().filter(pk__in=public_pages().values("pk"))

    def get_queryset(self) -> QuerySet[Page]:
        return super().get_queryset().select_related("locale", "content_type")

    def listing_view(self, request: Request) -> Response:
        if request.GET.get("fields", "").startswith("*"):
            raise invalid_param("fields", "a list can't show every field; name those that you need")
        return super().listing_view(request)


class RedirectsAPI(PublicResponseMixin, RedirectsAPIViewSet):
    """Where an address has moved to."""
