"""What every endpoint of `/api/v2/` has in common. Lists of cards are in listing.py."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from rest_framework.filters import BaseFilterBackend
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import BaseAPIViewSet

from academies.kernel.errors import NotFound
from academies.people.authentication import BearerAuthentication
from catalog.api.params import MAX_OFFSET, InvalidQueryParam, invalid_param, parse_number
from catalog.api.schema import EndpointSchema
from catalog.api.search import search

# Caches ask again each time: seats and prices must be current, and a 304 is cheap.
PUBLIC = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-store"
_OPERATORS = ("and", "or")


class JSONContentNegotiation(BaseContentNegotiation):
    """JSON whatever is accepted, so that one response can be cached. A middleware puts the envelope around it."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers))

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: Any = None) -> Any:
        chosen = next(iter(renderers))
        return chosen, chosen.media_type


class ApiResponseMixin:
    """Our renderers and errors, and no parameter that breaks a query."""

    renderer_classes = api_settings.DEFAULT_RENDERER_CLASSES
    content_negotiation_class = JSONContentNegotiation
    schema = EndpointSchema()
    cache_control = PRIVATE
    request: Request

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        for name, value in request.GET.items():
            if "\0" in value or "\0" in name:
                raise invalid_param("query", "must not contain a null character")
        if request.GET.get("search_operator", "or") not in _OPERATORS:
            raise invalid_param("search_operator", "must be and, or or")
        for name in ("id", "offset", "limit"):
            if self.request.GET.get(name, "").isdigit() and len(request.GET[name]) > 9:
                raise invalid_param(name, f"must be at most {MAX_OFFSET}")
        languages = [code for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES]
        if request.GET.get("locale", languages[0]) not in languages:
            raise invalid_param("locale", f"must be one of {', '.join(languages)}")

    def get_renderer_context(self) -> dict[str, Any]:
        context = super().get_renderer_context()  # type: ignore[misc]
        context.pop("indent", None)
        return context

    def find_object(self, queryset: QuerySet, request: Request) -> Any:
        """Wagtail's own doesn't check the id."""
        if "id" in request.GET:
            try:
                parse_number(request.GET["id"])
            except ValueError as error:
                raise invalid_param("id", str(error)) from error
        return super().find_object(queryset, request)  # type: ignore[misc]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Http404):
            exc = NotFound()
        elif isinstance(exc, BadRequestError | ValidationError):
            message = exc.messages[0] if isinstance(exc, ValidationError) else str(exc)
            exc = InvalidQueryParam(message[:1].upper() + message[1:])
        # Skips Wagtail's handler, which responds in another shape.
        return super(BaseAPIViewSet, self).handle_exception(exc)  # type: ignore[misc]

    def finalize_response(
        self, request: Any, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        final = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        final["Cache-Control"] = self.cache_control if final.status_code == 200 else PRIVATE
        return final


class PublicResponseMixin(ApiResponseMixin):
    """The same response for everybody: no session or token can change it."""

    authentication_classes: ClassVar[list[Any]] = []
    permission_classes: ClassVar[list[Any]] = [AllowAny]
    cache_control = PUBLIC


class OwnResponseMixin(ApiResponseMixin):
    """One's own records, with a Bearer token."""

    authentication_classes: ClassVar[list[Any]] = [BearerAuthentication]
    permission_classes: ClassVar[list[Any]] = [IsAuthenticated]


class SearchFilter(BaseFilterBackend):
    """Wagtail's search filter, except that no words break it and it combines with any filter."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        if "search" not in request.GET:
            return queryset
        return search(
            queryset,
            request.GET["search"],
            operator=request.GET.get("search_operator"),
            by_relevance="order" not in request.GET,
        )
