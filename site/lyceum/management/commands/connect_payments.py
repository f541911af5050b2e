"""`connect_payments`: tell the payment stand-in where the demo's academies want their messages."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from academies.kernel import clock
from commerce.gateways.port import GatewayRefused, GatewayUnavailable
from lyceum.demo_content.planting import payments
from lyceum.demo_content.shapes import SCHEMAS


class Command(BaseCommand):
    help = "Connects the demo's academies with the payment stand-in at STRIPE_API_BASE. The demo does it by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.STRIPE_API_BASE:
            self.stdout.write("  no stand-in is named by STRIPE_API_BASE: accounts are connected in the admin")
            return
        missing = [schema for schema in SCHEMAS if not payments.is_connected(schema)]
        if not missing:
            return
        try:
            with payments.standin():
                for schema in missing:
                    payments.connect(schema, now=clock.now())
        except (GatewayRefused, GatewayUnavailable, OSError) as error:
            # The academies work without: only what costs money can't be bought until the next start.
            self.stdout.write(f"  the payment stand-in can't be reached ({error}); the next start tries again")
            return
        self.stdout.write(f"  payment accounts connected: {', '.join(missing)}")
