"""The demo's accounts with the payment stand-in: one an academy, with a key named after its schema."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.request import ProxyHandler, Request, build_opener

from django.conf import settings

from academies.tenants.context import inside
from commerce.checkout.encryption import CannotDecrypt
from commerce.checkout.models import PaymentAccount
from lyceum.management.commands.connect_payments import connect, webhook_url
from lyceum_dev.standins.stripe.server import Server


def key_of(schema: str) -> str:
    return f"sk_test_{schema}"


def is_connected(schema: str) -> bool:
    """Answer whether the stand-in sends the academy's messages to the address of today. Another port is another address."""
    with inside(schema):
        return _known_key() == key_of(schema) and webhook_url("stripe") in _addresses(key_of(schema))


def _known_key() -> str:
    account = PaymentAccount.objects.filter(provider="stripe").first()
    try:
        return account.secret_key if account else ""
    except CannotDecrypt:
        # Encrypted with a key that is gone: it is connected again.
        return ""


def connect_missing(schemas: Iterable[str], *, now: datetime) -> list[str]:
    """Connect those academies whose messages would go astray, and return them. Raises what the gateway raises, OSError."""
    with standin():
        missing = [schema for schema in schemas if not is_connected(schema)]
        for schema in missing:
            connect(schema, provider="stripe", key=key_of(schema), now=now)
    return missing


def _addresses(key: str) -> set[str]:
    asked = Request(
        f"{settings.STRIPE_API_BASE}/v1/webhook_endpoints?limit=100", headers={"Authorization": f"Bearer {key}"}
    )
    # Straight there, whatever proxy the environment names.
    with build_opener(ProxyHandler({})).open(asked, timeout=10) as answer:
        return {one["url"] for one in json.load(answer)["data"]}


@contextlib.contextmanager
def standin() -> Iterator[None]:
    """Have the stand-in answer for the length of a block.

    The demo's own isn't started yet while its data are prepared, and whoever listens at its port is another demo's: so one is
    started on the demo's books, at any port.
    """
    if not settings.DEMO:
        yield
        return
    named = settings.STRIPE_API_BASE
    server = Server(state=settings.DEMO_DIR / "stripe").start()
    try:
        settings.STRIPE_API_BASE = server.base_url
        yield
    finally:
        settings.STRIPE_API_BASE = named
        server.stop()
