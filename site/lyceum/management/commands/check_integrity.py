"""`audit`: ask every room of every academy whether what must hold still holds."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from academies.tenants import queries
from academies.tenants.context import inside
from lyceum.operations import actions


class Command(BaseCommand):
    help = "Names every record that breaks a promise, academy by academy. Exits with 1 when there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schemas", nargs="*", help="only these academies")

    def handle(self, *args: Any, schemas: list[str], **options: Any) -> None:
        found = 0
        asked = schemas or queries.live_schemas()
        for schema in asked:
            with inside(schema):
                for violation in actions.check_integrity(now=clock.now()):
                    found += 1
                    self.stdout.write(f"{schema}: {violation}")
        if found:
            raise CommandError(f"{found} faults in {len(asked)} academies")
        rooms = actions.rooms_with_checks()
        self.stdout.write(f"{len(asked)} academies keep every promise of {len(rooms)} rooms")
