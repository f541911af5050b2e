"""Refuse to start behind a connection pooler that shares server connections between statements.

An academy's schema is a setting of the connection (`search_path`). Behind PgBouncer in transaction mode before
PostgreSQL 18, nine of ten queries ran with another client's setting and read from the wrong academy, without any error.
So each process checks before it serves requests. docs/deploying.md lists the allowed poolers.
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
    """A setting of one connection is visible on another."""


def refuse_shared() -> None:
    """Raise SharedConnection if connections are shared. An unreachable database is left to the health check."""
    if not settings.DATABASES:
        # The bare server of the benchmark has none.
        return
    try:
        shared = is_shared()
    except Error as error:
        logger.warning("the connection to the database could not be looked at: %s", error)
        return
    if shared:
        raise SharedConnection(MESSAGE)


def is_shared() -> bool:
    """Return whether two of our connections affect each other. Runs a dozen short queries without tables."""
    with ExitStack() as stack:
        pair = [stack.enter_context(closing(connect())) for _ in range(2)]
        processes: dict[int, int] = {}
        for number, each in enumerate(pair):
            each.execute(f"SET search_path TO lyceum_canary_{number}")
            # Other clients of a shared connection must not keep the setting.
            stack.callback(each.execute, "RESET search_path")
        return any(is_disturbed(pair, processes) for _ in range(ROUNDS))


def connect() -> Any:
    """Open a driver connection: Django's would send a signal whose receivers open more, which forks would inherit."""
    wrapper = connections.create_connection(DEFAULT_DB_ALIAS)
    with wrapper.wrap_database_errors:
        connection = wrapper.get_new_connection(wrapper.get_connection_params())
        connection.autocommit = True
    return connection


def is_disturbed(pair: list[Any], processes: dict[int, int]) -> bool:
    """Check on both in turn that search_path is as set and, unless the pooler tracks it, that the process is the same."""
    for number, each in enumerate(pair):
        path, process = each.execute("SELECT current_setting('search_path'), pg_backend_pid()").fetchone()
        tracked = each.info.parameter_status("search_path") is not None
        if path != f"lyceum_canary_{number}":
            return True
        if process != processes.setdefault(number, process) and not tracked:
            return True
    return False
