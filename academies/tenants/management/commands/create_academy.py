"""`create_academy north "Northlight" north.example --owner owner@north.example`: create an academy, or finish one."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academies.kernel.errors import Refusal
from academies.tenants import actions, queries
from academies.tenants.schema_template import TemplateMissing


class Command(BaseCommand):
    help = "Creates an academy, or finishes one whose creation was interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schema", help="3 to 41 small letters, digits, underscores")
        parser.add_argument("name")
        parser.add_argument("hosts", nargs="+", help="host names; the first is the primary one")
        parser.add_argument("--owner", default="", help="email of the owner, who is sent a link to choose a password")
        parser.add_argument("--currency", default="EUR")
        parser.add_argument("--language", default="en")
        parser.add_argument("--time-zone", default="UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        spec = actions.AcademySpec(
            schema=options["schema"], name=options["name"], hosts=tuple(options["hosts"]), owner_email=options["owner"],
            currency=options["currency"], language=options["language"], time_zone=options["time_zone"],
        )  # fmt: skip
        try:
            academy = actions.provision(spec=spec)
        except Refusal as refusal:
            wrong = [f"{field}: {' '.join(sentences)}" for field, sentences in (refusal.fields or {}).items()]
            raise CommandError("\n".join(wrong) or str(refusal.message)) from refusal
        except TemplateMissing as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{academy.name} is live at {queries.base_url(academy)}/ ({time.monotonic() - began:.1f} s)")
