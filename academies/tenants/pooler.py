"""Refusing to work behind a pooler that hands one server connection to several clients between statements.

An academy's schema is a setting of the connection (`search_path`). Behind PgBouncer in transaction mode before
PostgreSQL 18, nine of ten queries met the setting of somebody else and were answered from the wrong academy, without
any error. So a process asks before it serves: docs/deploying.md says which poolers are allowed.
"""

import logging
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connections

logger = logging.getLogger(__name__)

ROUNDS = 5
SENTENCE = (
    "Lyceum refuses to start: DATABASE_URL leads to a pooler that shares connections between statements, which would mix "
    "academies up. Connect directly, or use PgBouncer with pool_mode = session, or PostgreSQL 18 with PgBouncer 1.26.1."
)


class SharedConnection(RuntimeError):
    """What one client sets on its connection, another one meets."""


def refuse_shared() -> None:
    """Raise SharedConnection where connections are shared. A database that is away is no reason: health tells that."""
    try:
        shared = is_shared()
    except Error as error:
        logger.warning("the connection to the database could not be looked at: %s", error)
        return
    if shared:
        raise SharedConnection(SENTENCE)


def is_shared() -> bool:
    """Answer whether two connections of ours disturb each other. Takes a dozen short queries, and no table."""
    pair = [connections.create_connection(DEFAULT_DB_ALIAS) for _ in range(2)]
    try:
        processes: dict[int, int] = {}
        for number, each in enumerate(pair):
            each.connect()
            # Straight to the driver: our own backend would set the path of an academy.
            each.connection.execute(f"SET search_path TO lyceum_canary_{number}")
        return any(_disturbed(pair, processes) for _ in range(ROUNDS))
    finally:
        for each in pair:
            if each.connection is not None and not each.connection.closed:
                each.connection.execute("RESET search_path")
            each.close()


def _disturbed(pair: list[Any], processes: dict[int, int]) -> bool:
    """Ask both in turn: is it what was set, and where nobody carries the setting along, is it the same process?"""
    for number, each in enumerate(pair):
        path, process = each.connection.execute("SELECT current_setting('search_path'), pg_backend_pid()").fetchone()
        carried = each.connection.info.parameter_status("search_path") is not None
        if path != f"lyceum_canary_{number}":
            return True
        if process != processes.setdefault(number, process) and not carried:
            return True
    return False
