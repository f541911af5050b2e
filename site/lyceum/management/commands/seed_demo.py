"""`seed_demo`: three academies with content, as far as they are missing. Run again, it is done in an instant."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from academies.tenants.template import TemplateMissing
from lyceum.demo_content import planting
from lyceum.demo_content.shapes import SCHEMAS


class Command(BaseCommand):
    help = "Makes the demo's three academies with their content, completes what is missing, moves past dates on."

    def handle(self, *args: Any, **options: Any) -> None:
        began, now = time.monotonic(), clock.now()
        for schema in SCHEMAS:
            try:
                if planting.needs_planting(schema):
                    planting.plant(schema, now=now, say=self.say)
                moved = planting.move_past_events(schema, now=now)
            except TemplateMissing as error:
                raise CommandError(str(error)) from error
            if moved:
                self.say(f"  {schema}: {moved} past dates moved on")
        self.say(f"  three academies with content ({time.monotonic() - began:.1f} s)")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
