"""Digests of browsers and addresses in the table of known devices, unique to one person of one academy."""

from django.db import connection
from django.utils.crypto import salted_hmac

from academies.people import rules
from academies.people.facts import Device


def digests(email: str, device: Device) -> list[str]:
    """Return the digests of a device, the browser's first. email: as it is stored."""
    return [digest for digest in (browser_digest(email, device), address_digest(email, device)) if digest]


def browser_digest(email: str, device: Device) -> str:
    """Return the digest of a browser's cookie, empty if it sent none."""
    return _digest(email, "browser", device.token) if device.token else ""


def address_digest(email: str, device: Device) -> str:
    """Return the digest of an IP address, empty if the connection has none."""
    return _digest(email, "address", rules.address_block(device.address)) if device.address else ""


def _digest(email: str, kind: str, value: str) -> str:
    text = f"{connection.schema_name}:{email}:{kind}:{value}"
    return salted_hmac("academies.people.known_place", text, algorithm="sha256").hexdigest()
