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
    """Return a response with one page of rows. serializer: None if the rows are JSON already."""
    paginator = cast(Any, api_settings.DEFAULT_PAGINATION_CLASS)()
    page = paginator.paginate_queryset(rows, request, view=view)
    if serializer:
        page = serializer(page, many=True, context={"request": request}).data
    return paginator.get_paginated_response(page)
