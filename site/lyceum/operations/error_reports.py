"""Report unexpected errors to Sentry, if SENTRY_DSN is set, without personal data."""

from typing import Any

import sentry_sdk
from django.conf import settings
from django.db import connection

from academies.kernel.errors import Refusal
from lyceum.middleware import current_request_id

# The only fields of a request that are sent: no address, cookies, headers, body or query string.
_SENT_FIELDS = ("method", "url")


def start() -> None:
    if settings.SENTRY_DSN:
        sentry_sdk.init(
            dsn=settings.SENTRY_DSN,
            environment=settings.ENVIRONMENT,
            release=settings.VERSION,
            send_default_pii=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            before_send=scrubbed,
        )


def scrubbed(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any] | None:
    """Return an event without personal data, with the academy and the request id; None for a refusal."""
    error = (hint.get("exc_info") or (None, None, None))[1]
    if isinstance(error, Refusal):
        return None
    for name in ("user", "extra", "breadcrumbs"):
        event.pop(name, None)
    if "request" in event:
        event["request"] = {name: event["request"][name] for name in _SENT_FIELDS if name in event["request"]}
        event["request"]["url"] = str(event["request"].get("url", "")).partition("?")[0]
    event["tags"] = {
        **(event.get("tags") or {}),
        "academy": str(getattr(connection, "schema_name", "-")),
        "request_id": current_request_id(),
    }
    return event
