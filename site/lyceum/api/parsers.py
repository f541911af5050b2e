"""Reading JSON request bodies."""

from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class LyceumJSONParser(JSONParser):
    """Reads a JSON object of a bounded size, and refuses what no text column can store."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise ParseError(_("The body is larger than %(limit)d bytes.") % {"limit": limit})
        try:
            # Invalid UTF-8, lone surrogates, NaN and more than a thousand levels are refused here.
            data = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise ParseError(_("The body is not JSON: %(error)s") % {"error": error}) from error
        if not isinstance(data, dict):
            raise ParseError(_("Send a JSON object, with the fields in braces."))
        if b"\\u0000" in raw and _holds_nul(data):
            raise ParseError(_("Text must not hold the character NUL."))
        return data


def _holds_nul(data: Any) -> bool:
    values = [data]
    while values:
        value = values.pop()
        if isinstance(value, str):
            if "\0" in value:
                return True
        elif isinstance(value, dict):
            values.extend(value)
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)
    return False
