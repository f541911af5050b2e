"""`migrate_schemas`: public, the template, then every academy that is behind, in parallel processes."""

import contextlib
import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection, connections
from django_tenants.utils import get_public_schema_name

from academies.tenants import actions, check_pgbouncer, grants, provisioning_steps, queries, schema_template
from academies.tenants.context import inside

_KILLED = "the process that migrated it was killed"


@dataclass(frozen=True)
class WaitForDatabase:
    """Seconds that a migration may wait for a lock, while everybody waits behind it, and that one statement may take."""

    lock: int = 10
    statement: int = 900

    @contextlib.contextmanager
    def on_this_connection(self) -> Iterator[None]:
        """Limit what runs in a block. Raises nothing of its own when the connection is lost in there."""
        limits = {"lock_timeout": self.lock, "statement_timeout": self.statement}
        with connection.cursor() as cursor:
            for name, seconds in limits.items():
                cursor.execute("SELECT set_config(%s, %s, false)", [name, f"{seconds}s"])
        try:
            yield
        finally:
            with contextlib.suppress(Error), connection.cursor() as cursor:
                for name in limits:
                    cursor.execute(f"RESET {name}")


def _migrate_one(schema: str, patience: WaitForDatabase) -> tuple[float, str]:
    """Run in a child process, on a connection of its own. Returns seconds and the error in words: not every one travels."""
    connections.close_all()
    began, wrong = time.monotonic(), ""
    try:
        with patience.on_this_connection():
            schema_template.migrate(schema)
            with inside(schema) as academy:
                provisioning_steps.finish_migration(academy)
    except Exception as error:
        wrong = f"{type(error).__name__}: {error}"[:300]
    return time.monotonic() - began, wrong


class Command(BaseCommand):
    help = "Migrates `public`, the template, and every academy that is behind; names each academy that failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--schema", help="of the academies only this one")
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="academies at a time")
        parser.add_argument(
            "--lock-timeout", type=int, default=WaitForDatabase.lock, help="seconds to wait for a lock (10)"
        )
        parser.add_argument(
            "--statement-timeout", type=int, default=WaitForDatabase.statement, help="seconds; 0 is none (900)"
        )

    def handle(self, *args: Any, schema: str | None = None, jobs: int = 1, **options: Any) -> None:
        try:
            check_pgbouncer.refuse_shared()
        except check_pgbouncer.SharedConnection as error:
            raise CommandError(str(error)) from error
        patience = WaitForDatabase(options["lock_timeout"], options["statement_timeout"])
        with patience.on_this_connection():
            self._timed("public", lambda: schema_template.migrate(get_public_schema_name()))
            schemas = self._asked(schema)
            self._timed("template", schema_template.build)
        # One that failed after its last migration isn't behind, and still isn't whole.
        late = {*schema_template.pending_migrations(schemas), *queries.paused_schemas(schemas)} if schemas else set()
        self.stdout.write(f"{len(schemas)} academies, {len(late)} behind")
        failed = self._migrate_all([each for each in schemas if each in late], jobs, patience)
        for each in grants.lacking([each for each in schemas if each not in failed]):
            grants.grant(each)
        if failed:
            raise CommandError(
                "These academies failed and are in maintenance: " + "; ".join(f"{k}: {v}" for k, v in failed.items())
            )

    def _asked(self, schema: str | None) -> list[str]:
        known = queries.made_schemas()
        if schema and schema not in known:
            raise CommandError(f"There is no academy called {schema}.")
        return [schema] if schema else list(known)

    def _timed(self, name: str, work: Callable[[], Any]) -> None:
        began = time.monotonic()
        work()
        self.stdout.write(f"{name}: up to date ({time.monotonic() - began:.1f} s)")

    def _migrate_all(self, schemas: list[str], jobs: int, patience: WaitForDatabase) -> dict[str, str]:
        """Migrate each academy; one that fails goes into maintenance and the others go on."""
        connections.close_all()
        wrong = self._side_by_side(schemas, jobs, patience)
        # A child that is killed takes all that wait with it, so each of them is tried again, alone.
        for schema in [each for each in schemas if wrong[each] == _KILLED]:
            wrong |= self._side_by_side([schema], 1, patience)
        failed = {schema: wrong[schema] for schema in schemas if wrong[schema]}
        actions.pause(schemas=list(failed))
        actions.resume(schemas=[schema for schema in schemas if schema not in failed])
        return failed

    def _side_by_side(self, schemas: list[str], jobs: int, patience: WaitForDatabase) -> dict[str, str]:
        """Return what went wrong in each academy, and nothing for those that are up to date."""
        wrong = dict.fromkeys(schemas, _KILLED)
        with (
            contextlib.suppress(BrokenProcessPool),
            ProcessPoolExecutor(max_workers=max(1, jobs), mp_context=get_context("fork")) as pool,
        ):
            running = {pool.submit(_migrate_one, schema, patience): schema for schema in schemas}
            for done in as_completed(running):
                seconds, wrong[running[done]] = done.result()
                if not wrong[running[done]]:
                    self.stdout.write(f"{running[done]}: up to date ({seconds:.1f} s)")
        return wrong
