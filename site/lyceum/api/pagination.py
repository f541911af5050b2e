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
        """Return the size of a page, at most `max_page_size`. Raises ValidationError unless it is a whole number."""
        value = request.query_params.get(self.page_size_query_param)
        if value is None:
            return self.page_size
        if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value)):
            raise ValidationError({self.page_size_query_param: [gettext("Send a whole number from 1.")]})
        return min(int(value), self.max_page_size)
