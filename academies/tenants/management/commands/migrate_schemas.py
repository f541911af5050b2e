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
    """Timeouts of a migration in seconds: for a lock, while other queries queue behind it, and for one statement."""

    lock: int = 10
    statement: int = 900

    @contextlib.contextmanager
    def on_this_connection(self) -> Iterator[None]:
        """Set the timeouts for a block. Doesn't raise if the connection is lost in the block."""
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


def _migrate_one(schema: str, timeouts: WaitForDatabase) -> tuple[float, str]:
    """Run in a child process, on its own connection. Returns seconds and the error as text, as not all can be pickled."""
    connections.close_all()
    began, wrong = time.monotonic(), ""
    try:
        with timeouts.on_this_connection():
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
        timeouts = WaitForDatabase(options["lock_timeout"], options["statement_timeout"])
        with timeouts.on_this_connection():
            self._timed("public", lambda: schema_template.migrate(get_public_schema_name()))
            schemas = self._schemas(schema)
            self._timed("template", schema_template.build)
        # An academy that failed after its last migration isn't behind, but still unfinished.
        late = {*schema_template.pending_migrations(schemas), *queries.paused_schemas(schemas)} if schemas else set()
        self.stdout.write(f"{len(schemas)} academies, {len(late)} behind")
        failed = self._migrate_all([each for each in schemas if each in late], jobs, timeouts)
        for each in grants.lacking([each for each in schemas if each not in failed]):
            grants.grant(each)
        if failed:
            raise CommandError(
                "These academies failed and are in maintenance: " + "; ".join(f"{k}: {v}" for k, v in failed.items())
            )

    def _schemas(self, schema: str | None) -> list[str]:
        known = queries.made_schemas()
        if schema and schema not in known:
            raise CommandError(f"There is no academy called {schema}.")
        return [schema] if schema else list(known)

    def _timed(self, name: str, work: Callable[[], Any]) -> None:
        began = time.monotonic()
        work()
        self.stdout.write(f"{name}: up to date ({time.monotonic() - began:.1f} s)")

    def _migrate_all(self, schemas: list[str], jobs: int, timeouts: WaitForDatabase) -> dict[str, str]:
        """Migrate each academy; one that fails is put into maintenance and the others continue."""
        connections.close_all()
        wrong = self._migrate_in_parallel(schemas, jobs, timeouts)
        # If a child process is killed, the pool drops all that wait, so each of them is tried again, alone.
        for schema in [each for each in schemas if wrong[each] == _KILLED]:
            wrong |= self._migrate_in_parallel([schema], 1, timeouts)
        failed = {schema: wrong[schema] for schema in schemas if wrong[schema]}
        actions.pause(schemas=list(failed))
        actions.resume(schemas=[schema for schema in schemas if schema not in failed])
        return failed

    def _migrate_in_parallel(self, schemas: list[str], jobs: int, timeouts: WaitForDatabase) -> dict[str, str]:
        """Return the error of each academy, empty for those that are up to date."""
        wrong = dict.fromkeys(schemas, _KILLED)
        with (
            contextlib.suppress(BrokenProcessPool),
            ProcessPoolExecutor(max_workers=max(1, jobs), mp_context=get_context("fork")) as pool,
        ):
            running = {pool.submit(_migrate_one, schema, timeouts): schema for schema in schemas}
            for done in as_completed(running):
                seconds, wrong[running[done]] = done.result()
                if not wrong[running[done]]:
                    self.stdout.write(f"{running[done]}: up to date ({seconds:.1f} s)")
        return wrong
