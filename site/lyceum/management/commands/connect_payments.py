"""`connect_payments SCHEMA`: store the key of an academy's account with a payment provider, and register our webhook."""

import getpass
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from academies.kernel import clock
from academies.tenants import queries as tenants
from academies.tenants.context import inside
from academies.tenants.models import Academy
from commerce.checkout import queries
from commerce.checkout.actions import connect_account
from commerce.gateways.port import GatewayError


def remote_providers() -> list[str]:
    return [provider.name for provider in queries.providers().values() if provider.is_remote]


def webhook_url(provider: str) -> str:
    """Return the address in the current academy that a provider sends its events to."""
    return f"{tenants.current_base_url()}{reverse('payment_webhook', args=[provider])}"


def connect(schema: str, *, provider: str, key: str, now: datetime) -> None:
    """Raises what the gateway raises, Academy.DoesNotExist."""
    with inside(schema):
        connect_account(provider=provider, secret_key=key, webhook_url=webhook_url(provider), now=now)


class Command(BaseCommand):
    help = "Connects an academy with its account at a payment provider. Asks for the account's secret key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        providers = remote_providers()
        parser.add_argument("schema", help="the academy; its secret key is read from the terminal or a pipe")
        parser.add_argument("--provider", choices=providers, default=providers[0], help="default: %(default)s")

    def handle(self, *args: Any, schema: str, provider: str, **options: Any) -> None:
        # Never an argument: other users of the machine can see those, and shells keep them.
        key = getpass.getpass("Secret key: ") if sys.stdin.isatty() else sys.stdin.readline()
        try:
            connect(schema, provider=provider, key=key.strip(), now=clock.now())
        except Academy.DoesNotExist as error:
            raise CommandError(f"There is no academy called {schema}.") from error
        except GatewayError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{schema}: connected")
