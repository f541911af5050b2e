"""`check_integrity`: check the invariants of every app in every academy."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from academies.tenants import queries
from academies.tenants.context import inside
from lyceum.operations import actions


class Command(BaseCommand):
    help = "Lists every record that violates an invariant, academy by academy. Exits with 1 if there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schemas", nargs="*", help="only these academies")

    def handle(self, *args: Any, schemas: list[str], **options: Any) -> None:
        count = 0
        schemas = schemas or queries.live_schemas()
        for schema in schemas:
            with inside(schema):
                for violation in actions.check_integrity(now=clock.now()):
                    count += 1
                    self.stdout.write(f"{schema}: {violation}")
        if count:
            raise CommandError(f"{count} violations in {len(schemas)} academies")
        modules = actions.invariant_modules()
        self.stdout.write(f"{len(schemas)} academies satisfy the invariants of {len(modules)} apps")
