"""`migrate_schemas`: public, the template, then every academy that is behind, in parallel processes."""

import os
import time
from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django_tenants.utils import get_public_schema_name, schema_context

from academies.tenants import pooler, queries, template
from academies.tenants.models import Academy


def _migrate_one(schema: str) -> float:
    """Run in a child process: one schema, on a connection of its own."""
    connections.close_all()
    began = time.monotonic()
    template.migrate(schema)
    return time.monotonic() - began


class Command(BaseCommand):
    help = "Migrates `public`, the template, and every academy that is behind; names each academy that failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--schema", help="only this academy")
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="academies at a time")

    def handle(self, *args: Any, schema: str | None = None, jobs: int = 1, **options: Any) -> None:
        try:
            pooler.refuse_shared()
        except pooler.SharedConnection as error:
            raise CommandError(str(error)) from error
        if schema:
            template.migrate(schema)
            self.stdout.write(f"{schema}: up to date")
            return
        self._timed("public", lambda: template.migrate(get_public_schema_name()))
        self._timed("template", template.make)
        with schema_context(get_public_schema_name()):
            schemas = list(Academy.objects.exclude(step="").order_by("pk").values_list("schema_name", flat=True))
        late = template.behind(schemas) if schemas else []
        self.stdout.write(f"{len(schemas)} academies, {len(late)} behind")
        failed = self._migrate_all(late, jobs) if late else {}
        queries.forget()
        if failed:
            raise CommandError(
                "These academies failed and are in maintenance: " + "; ".join(f"{k}: {v}" for k, v in failed.items())
            )

    def _timed(self, name: str, work: Any) -> None:
        began = time.monotonic()
        work()
        self.stdout.write(f"{name}: up to date ({time.monotonic() - began:.1f} s)")

    def _migrate_all(self, schemas: list[str], jobs: int) -> dict[str, str]:
        """Migrate each academy; one that fails goes into maintenance and the others go on."""
        connections.close_all()
        failed: dict[str, str] = {}
        with ProcessPoolExecutor(max_workers=max(1, jobs), mp_context=get_context("fork")) as pool:
            running = {pool.submit(_migrate_one, schema): schema for schema in schemas}
            for done in as_completed(running):
                schema = running[done]
                error = done.exception()
                if error is None:
                    self._recover(schema)
                    self.stdout.write(f"{schema}: up to date ({done.result():.1f} s)")
                else:
                    failed[schema] = f"{type(error).__name__}: {error}"[:300]
                    self._set(schema, Academy.Status.LIVE, Academy.Status.MAINTENANCE)
        return failed

    def _recover(self, schema: str) -> None:
        self._set(schema, Academy.Status.MAINTENANCE, Academy.Status.LIVE)

    def _set(self, schema: str, before: str, after: str) -> None:
        with schema_context(get_public_schema_name()):
            Academy.objects.filter(schema_name=schema, status=before).update(status=after)
