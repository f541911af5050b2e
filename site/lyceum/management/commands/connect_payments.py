"""`connect_payments [SCHEMA]`: tell the payment provider where an academy wants its messages, and keep the account's key."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from academies.tenants.models import Academy
from commerce.gateways.port import GatewayError
from lyceum.demo_content.planting import payments
from lyceum.demo_content.shapes import SCHEMAS


class Command(BaseCommand):
    help = "Connects an academy with its Stripe account, whose key is asked for. Without a name: the demo's, by itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schema", nargs="?", help="the academy; its secret key is read from the terminal or a pipe")

    def handle(self, *args: Any, schema: str | None = None, **options: Any) -> None:
        if schema:
            self._connect_one(schema)
        elif settings.STRIPE_API_BASE:
            self._connect_demo()
        else:
            self.stdout.write("  no stand-in is named by STRIPE_API_BASE: name the academy to connect")

    def _connect_one(self, schema: str) -> None:
        # Never an argument: those are seen by everybody on the machine and kept by shells.
        key = getpass.getpass("Secret key: ") if sys.stdin.isatty() else sys.stdin.readline()
        try:
            payments.connect(schema, key=key.strip(), now=clock.now())
        except Academy.DoesNotExist as error:
            raise CommandError(f"There is no academy called {schema}.") from error
        except GatewayError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{schema}: connected")

    def _connect_demo(self) -> None:
        try:
            with payments.standin():
                missing = [schema for schema in SCHEMAS if not payments.is_connected(schema)]
                for schema in missing:
                    payments.connect(schema, key=payments.key_of(schema), now=clock.now())
        except (GatewayError, OSError) as error:
            # The academies work without: only what costs money can't be bought until the next start.
            self.stdout.write(f"  the payment stand-in can't be reached ({error}); the next start tries again")
            return
        if missing:
            self.stdout.write(f"  payment accounts connected: {', '.join(missing)}")
