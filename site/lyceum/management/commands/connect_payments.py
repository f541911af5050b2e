"""`connect_payments SCHEMA`: tell the payment provider where an academy wants its messages, and keep the account's key."""

import getpass
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from academies.tenants import queries as tenants
from academies.tenants.context import inside
from academies.tenants.models import Academy
from commerce.checkout.actions import connect_account
from commerce.gateways.port import GatewayError


def hook() -> str:
    """Return where the academy entered wants to be told of payments."""
    return f"{tenants.current_base_url()}/hooks/stripe/"


def connect(schema: str, *, key: str, now: datetime) -> None:
    """Raises what the gateway raises, Academy.DoesNotExist."""
    with inside(schema):
        connect_account(secret_key=key, webhook_url=hook(), now=now)


class Command(BaseCommand):
    help = "Connects an academy with its Stripe account, whose key is asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schema", help="the academy; its secret key is read from the terminal or a pipe")

    def handle(self, *args: Any, schema: str, **options: Any) -> None:
        # Never an argument: those are seen by everybody on the machine and kept by shells.
        key = getpass.getpass("Secret key: ") if sys.stdin.isatty() else sys.stdin.readline()
        try:
            connect(schema, key=key.strip(), now=clock.now())
        except Academy.DoesNotExist as error:
            raise CommandError(f"There is no academy called {schema}.") from error
        except GatewayError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{schema}: connected")
