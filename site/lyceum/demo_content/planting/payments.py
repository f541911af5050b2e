"""The demo's accounts with the payment stand-in: one an academy, with a key named after its schema."""

import contextlib
import socket
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from academies.journal.models import Entry
from academies.tenants import queries as tenants
from academies.tenants.context import inside
from commerce.checkout.actions import connect_account
from commerce.checkout.models import PaymentAccount
from commerce.gateways.stripe.standin.server import Server


def key_of(schema: str) -> str:
    return f"sk_test_{schema}"


def is_connected(schema: str) -> bool:
    """Answer whether the academy's account sends its messages to the address of today."""
    with inside(schema):
        asked = Entry.objects.filter(verb="checkout.account_connected").order_by("-at").first()
        # Another port is another address; a stand-in without its books knows no account.
        known = asked is not None and asked.details.get("webhook_url") == _hook() and _books_exist()
        return known and PaymentAccount.objects.filter(secret_key=key_of(schema)).exists()


def connect(schema: str, *, key: str, now: datetime) -> None:
    """Raises what the gateway raises."""
    with inside(schema):
        connect_account(secret_key=key, webhook_url=_hook(), now=now)


def _hook() -> str:
    return f"{tenants.current_origin()}/hooks/stripe/"


def _books_exist() -> bool:
    return not settings.DEMO or (settings.DEMO_DIR / "stripe").exists()


@contextlib.contextmanager
def standin() -> Iterator[None]:
    """Have the stand-in answer for the length of a block: the one that runs, or one of our own on the demo's books."""
    address = urlsplit(settings.STRIPE_API_BASE)
    if not settings.DEMO or _listens(address.hostname or "", address.port or 80):
        yield
        return
    server = Server(port=address.port or 0, state=settings.DEMO_DIR / "stripe").start()
    try:
        yield
    finally:
        server.stop()


def _listens(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
