"""`audit`: ask every room of every academy whether what must hold still holds."""

from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from academies.kernel import clock
from academies.tenants import queries
from academies.tenants.context import inside


class Command(BaseCommand):
    help = "Names every record that breaks a promise, academy by academy. Exits with 1 when there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("schemas", nargs="*", help="only these academies")

    def handle(self, *args: Any, schemas: list[str], **options: Any) -> None:
        now, found = clock.now(), 0
        checks = [f"{app.name}.checks" for app in apps.get_app_configs() if app.name.partition(".")[0] in _FLOORS]
        rooms = [import_module(name) for name in checks if find_spec(name)]
        asked = schemas or queries.live_schemas()
        for schema in asked:
            with inside(schema):
                for fault in (fault for room in rooms for fault in room.faults(now=now)):
                    found += 1
                    self.stdout.write(f"{schema}: {fault}")
        if found:
            raise CommandError(f"{found} faults in {len(asked)} academies")
        self.stdout.write(f"{len(asked)} academies keep every promise of {len(rooms)} rooms")


_FLOORS = {"academies", "catalog", "commerce", "home"}
