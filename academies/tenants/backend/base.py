"""PostgreSQL with one search path an academy: django-tenants' backend, made cheap and made to remember.

Five differences, each held by a test in tests/academies:
- the path is set when it differs from what the connection has, not at every `set_tenant`, and content-type caches
  stay warm: content types live in `public` only, so their ids are the same in every academy;
- `on_commit` hooks run in the academy that registered them;
- a tenant's name is validated once, when it is set, not at every statement;
- whether a connection still lives is asked of the kernel, and of the server only after some seconds of rest;
- where the setting LIMITS of the database says so, nobody waits for a lock, a statement or the server without end.
"""

import select
import time
from collections.abc import Callable
from typing import Any

from django_tenants.postgresql_backend import base

from academies.tenants.backend.server import WatchedConnection, server

# A network may forget a connection without telling either end, so the kernel's word is good for this long.
ASK_SERVER_EVERY = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    _asked_server_at = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self._limits:
            return super().get_new_connection(conn_params)
        # To connect waits longer than to knock.
        server.suspect(self.settings_dict)
        try:
            made = super().get_new_connection(conn_params)
        except self.Database.errors.ConnectionTimeout:
            server.suspect(self.settings_dict)
            raise
        # Django connects by psycopg's own function and takes no class.
        made.__class__ = WatchedConnection
        made.address = self.settings_dict
        return made

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self._limits:
            # By statements: poolers refuse connections that bring such options along.
            with self.connection.cursor() as cursor:
                for name, milliseconds in self._limits.items():
                    cursor.execute("SELECT set_config(%s, %s, false)", [name, str(milliseconds)])
            if not self.get_autocommit():
                self.connection.commit()

    @property
    def _limits(self) -> dict[str, int]:
        return self.settings_dict.get("LIMITS") or {}

    def is_usable(self) -> bool:
        """Answer whether the connection lives. At rest a server says nothing unless it has gone, so silence is enough."""
        moment = time.monotonic()
        if not self.errors_occurred and moment - self._asked_server_at < ASK_SERVER_EVERY and self._is_silent():
            return True
        self._asked_server_at = moment
        return bool(super().is_usable())

    def _is_silent(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Choose the academy of the next statement. Sends nothing to the database."""
        self.tenant = tenant
        self.include_public_schema = include_public
        if tenant.schema_name != self.schema_name:
            self.schema_name = tenant.schema_name
            self.set_settings_schema(tenant.schema_name)
        self._wanted_path: list[str] | None = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._wanted_path is None:
            self._wanted_path = self._get_cursor_search_paths()
        if self.search_path_set_schemas == self._wanted_path:
            return
        # The parent sends SET only when it has forgotten the path it set before.
        self.search_path_set_schemas = None
        super()._handle_search_path(cursor)

    def on_commit(self, func: Callable[[], Any], robust: bool = False) -> None:
        """Run a hook after commit, in the academy that registered it."""
        registered_in = self.tenant

        def at_home() -> Any:
            now_in = self.tenant
            if now_in.schema_name == registered_in.schema_name:
                return func()
            self.set_tenant(registered_in)
            try:
                return func()
            finally:
                self.set_tenant(now_in)

        super().on_commit(at_home, robust)
