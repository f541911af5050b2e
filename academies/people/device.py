"""The device a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request

from academies.people.facts import Device


def device_of(request: Request | HttpRequest) -> Device:
    return Device(
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:200],
        address=_address(request),
        token=request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")[:100],
    )


def set_cookie(response: HttpResponseBase, token: str) -> None:
    """Set the device cookie. It grants no access: failed attempts of unknown devices don't count against this browser."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=settings.DEVICE_DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _address(request: Request | HttpRequest) -> str | None:
    """Return the client's IP address, which the server has set from trusted proxies; None for a Unix socket."""
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
