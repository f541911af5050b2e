"""`seed_demo`: creates what is missing of three academies with content. Running it again is quick."""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from academies.kernel import clock
from academies.tenants.schema_template import TemplateMissing
from commerce.gateways.port import GatewayError
from lyceum_dev.demo import seeding
from lyceum_dev.demo.loader import SCHEMAS
from lyceum_dev.demo.seeding import payments


def _seed_one(schema: str, now: datetime) -> None:
    """Run in a child process, on its own connections."""
    connections.close_all()
    seeding.seed(schema, now=now, say=lambda line: print(f"  {schema}: {line}", flush=True))  # noqa: T201


class Command(BaseCommand):
    help = "Makes the demo's three academies with their content, completes what is missing, moves past dates on."

    def handle(self, *args: Any, **options: Any) -> None:
        began, now = time.monotonic(), clock.now()
        try:
            self._seed([schema for schema in SCHEMAS if seeding.needs_seeding(schema)], now)
        except TemplateMissing as error:
            raise CommandError(str(error)) from error
        for schema in SCHEMAS:
            seeding.update_port(schema)
            moved = seeding.move_past_events(schema, now=now)
            if moved:
                self.stdout.write(f"  {schema}: {moved} past dates moved on")
        if settings.STRIPE_API_BASE:
            self._connect_payments(now)
        self.stdout.write(f"  three academies with content ({time.monotonic() - began:.1f} s)")

    def _seed(self, missing: list[str], now: datetime) -> None:
        """Seed academies in parallel."""
        if not missing:
            return
        connections.close_all()
        # The largest first, to finish sooner.
        missing.sort(key=lambda schema: ("north", "south", "platform").index(schema))
        with ProcessPoolExecutor(max_workers=os.cpu_count() or 1, mp_context=get_context("fork")) as pool:
            for done in [pool.submit(_seed_one, schema, now) for schema in missing]:
                done.result()

    def _connect_payments(self, now: datetime) -> None:
        try:
            connected = payments.connect_missing(SCHEMAS, now=now)
        except (GatewayError, OSError) as error:
            # The academies work without it, except for paid checkouts until the next start.
            self.stdout.write(f"  the payment stand-in can't be reached ({error}); the next start tries again")
            return
        if connected:
            self.stdout.write(f"  payment accounts connected: {', '.join(connected)}")
