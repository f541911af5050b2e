"""Where a request comes from, as a sign-in remembers it."""

import ipaddress

from django.http import HttpRequest
from rest_framework.request import Request

from academies.people.facts import Device


def device_of(request: Request | HttpRequest) -> Device:
    return Device(user_agent=request.META.get("HTTP_USER_AGENT", "")[:200], address=_address(request))


def _address(request: Request | HttpRequest) -> str | None:
    """The edge has put the client's address where proxies are trusted; a Unix socket has none."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
