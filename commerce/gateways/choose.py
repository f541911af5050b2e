"""Pick a payment provider by dotted path, as the settings or an academy name it."""

from importlib import import_module
from typing import Any, cast

from commerce.gateways.port import Gateway

STRIPE = "commerce.gateways.stripe.adapter.StripeGateway"


def gateway(path: str = STRIPE, **options: Any) -> Gateway:
    """Build the adapter at a dotted path with that adapter's own options. Raises ValueError for no such adapter."""
    module, _, name = path.rpartition(".")
    try:
        adapter = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"no payment gateway at {path!r}") from error
    return cast(Gateway, adapter(**options))
