"""Which payment providers there are: each adapter's package declares one `Provider` in its `provider.py`.

The setting PAYMENT_PROVIDERS lists the packages that a deployment offers. Nothing else names a provider, so a new
one is a folder here and a line there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from commerce.gateways.port import Gateway


@dataclass(frozen=True)
class Provider:
    """What an adapter offers.

    name: stored with every payment attempt and part of the webhook's address; never changed.
    label: what people read, text or a lazy translation.
    gateway: dotted path of the adapter's class, imported when it is used.
    is_remote: its calls leave this process: they need an account, are limited in time, and events come back.
    options: keyword of the adapter -> name of the setting that it is read from.
    account: likewise for the keys of the deployment's own account, used by academies that have none.
    """

    name: str
    label: Any
    gateway: str
    is_remote: bool = True
    options: Mapping[str, str] = field(default_factory=dict)
    account: Mapping[str, str] = field(default_factory=dict)

    def build(self, **options: Any) -> Gateway:
        return build_gateway(self.gateway, **options)


def build_gateway(path: str, **options: Any) -> Gateway:
    """Build the adapter at a dotted path with that adapter's own options. Raises ValueError for no such adapter."""
    module, _, name = path.rpartition(".")
    try:
        adapter = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"no payment gateway at {path!r}") from error
    return cast(Gateway, adapter(**options))


def load(packages: Sequence[str]) -> dict[str, Provider]:
    """Return the providers that packages declare, by name, in the order of the packages."""
    return _load(tuple(packages))


@lru_cache(maxsize=8)
def _load(packages: tuple[str, ...]) -> dict[str, Provider]:
    providers = [cast(Provider, import_module(f"{package}.provider").PROVIDER) for package in packages]
    return {provider.name: provider for provider in providers}
