"""Connects the demo's academies with the payment stand-in, each with a key named after its schema."""

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
    """Return whether the stand-in has the academy's current webhook URL, which contains the port."""
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
    """Connect academies that aren't connected, and return them. Raises GatewayError, OSError."""
    with standin():
        missing = [schema for schema in schemas if not is_connected(schema)]
        for schema in missing:
            connect(schema, provider="stripe", key=key_of(schema), now=now)
    return missing


def _addresses(key: str) -> set[str]:
    request = Request(
        f"{settings.STRIPE_API_BASE}/v1/webhook_endpoints?limit=100", headers={"Authorization": f"Bearer {key}"}
    )
    # Without the proxy of the environment.
    with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
        return {endpoint["url"] for endpoint in json.load(answer)["data"]}


@contextlib.contextmanager
def standin() -> Iterator[None]:
    """Run the stand-in for the length of a block.

    While the data are prepared, the demo's own stand-in isn't running yet. This one uses the same data at any free port.
    """
    if not settings.DEMO:
        yield
        return
    configured = settings.STRIPE_API_BASE
    server = Server(state=settings.DEMO_DIR / "stripe").start()
    try:
        settings.STRIPE_API_BASE = server.base_url
        yield
    finally:
        settings.STRIPE_API_BASE = configured
        server.stop()
