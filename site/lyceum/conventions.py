"""How every answer of the JSON API looks: pages of a list, the envelope, JSON itself."""

from typing import Any

import orjson
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer


class LyceumJSONRenderer(JSONRenderer):
    pass


class EnvelopeRenderer(LyceumJSONRenderer):
    media_type = "application/vnd.lyceum.envelope+json"
    format = "envelope"


class NumberedPages(PageNumberPagination):
    page_size = 20
    max_page_size = 100
    page_size_query_param = "page_size"


__all__ = ["Any", "EnvelopeRenderer", "LyceumJSONRenderer", "NumberedPages", "orjson"]
