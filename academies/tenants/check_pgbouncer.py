"""Refusing to work behind a pooler that hands one server connection to several clients between statements.

An academy's schema is a setting of the connection (`search_path`). Behind PgBouncer in transaction mode before
PostgreSQL 18, nine of ten queries met the setting of somebody else and were answered from the wrong academy, without
any error. So a process asks before it serves: docs/deploying.md says which poolers are allowed.
"""

import logging
from contextlib import ExitStack, closing
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections

logger = logging.getLogger(__name__)

ROUNDS = 5
MESSAGE = (
    "Lyceum refuses to start: DATABASE_URL leads to a pooler that shares connections between statements, which would mix "
    "academies up. Connect directly, or use PgBouncer with pool_mode = session, or PostgreSQL 18 with PgBouncer 1.26.1."
)


class SharedConnection(RuntimeError):
    """What one client sets on its connection, another one meets."""


def refuse_shared() -> None:
    """Raise SharedConnection where connections are shared. A database that is away is no reason: health tells that."""
    if not settings.DATABASES:
        # The benchmark's floor has none.
        return
    try:
        shared = is_shared()
    except Error as error:
        logger.warning("the connection to the database could not be looked at: %s", error)
        return
    if shared:
        raise SharedConnection(MESSAGE)


def is_shared() -> bool:
    """Answer whether two connections of ours disturb each other. Takes a dozen short queries, and no table."""
    with ExitStack() as open_ones:
        pair = [open_ones.enter_context(closing(connect())) for _ in range(2)]
        processes: dict[int, int] = {}
        for number, each in enumerate(pair):
            each.execute(f"SET search_path TO lyceum_canary_{number}")
            # Whoever shares this connection is confused enough.
            open_ones.callback(each.execute, "RESET search_path")
        return any(is_disturbed(pair, processes) for _ in range(ROUNDS))


def connect() -> Any:
    """Open the driver's own connection: Django's would tell its listeners, and they open more, which forks inherit."""
    made = connections.create_connection(DEFAULT_DB_ALIAS)
    with made.wrap_database_errors:
        found = made.get_new_connection(made.get_connection_params())
        found.autocommit = True
    return found


def is_disturbed(pair: list[Any], processes: dict[int, int]) -> bool:
    """Ask both in turn: is it what was set, and where nobody carries the setting along, is it the same process?"""
    for number, each in enumerate(pair):
        path, process = each.execute("SELECT current_setting('search_path'), pg_backend_pid()").fetchone()
        carried = each.info.parameter_status("search_path") is not None
        if path != f"lyceum_canary_{number}":
            return True
        if process != processes.setdefault(number, process) and not carried:
            return True
    return False
