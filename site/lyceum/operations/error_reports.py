"""Reports of unexpected errors to Sentry, where SENTRY_DSN names one. No personal data leaves."""

from typing import Any

import sentry_sdk
from django.conf import settings
from django.db import connection

from academies.kernel.errors import Refusal
from lyceum.middleware import current_request_id

# Of a request only these are sent: no address, no cookie, no header, no body, no query.
_KEPT = ("method", "url")


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
        event["request"] = {name: event["request"][name] for name in _KEPT if name in event["request"]}
        event["request"]["url"] = str(event["request"].get("url", "")).partition("?")[0]
    event["tags"] = {
        **(event.get("tags") or {}),
        "academy": str(getattr(connection, "schema_name", "-")),
        "request_id": current_request_id(),
    }
    return event
