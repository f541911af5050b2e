"""Numbered pages of a list: `?page=` and `?page_size=`."""

from typing import Any

from django.utils.translation import gettext
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination


class NumberedPagination(PageNumberPagination):
    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"

    def get_page_size(self, request: Any) -> int:
        """Return how long a page is, at most `max_page_size`. Raises ValidationError for what is no whole number."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and int(asked)):
            raise ValidationError({self.page_size_query_param: [gettext("Send a whole number from 1.")]})
        return min(int(asked), self.max_page_size)
