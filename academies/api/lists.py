"""Lists in numbered pages, `?page=` and `?page_size=`."""

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView


class Paged(APIView):
    """List them in numbered pages."""

    pagination_class = api_settings.DEFAULT_PAGINATION_CLASS


def paged(view: APIView, request: Request, rows: Any, serializer: Any = None) -> Response:
    """Answer one numbered page of rows. Without a serializer they are JSON already."""
    pages = cast(Any, api_settings.DEFAULT_PAGINATION_CLASS)()
    shown = pages.paginate_queryset(rows, request, view=view)
    if serializer:
        shown = serializer(shown, many=True, context={"request": request}).data
    return pages.get_paginated_response(shown)
