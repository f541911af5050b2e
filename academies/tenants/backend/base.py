"""The database backend: django-tenants' PostgreSQL backend with a search path per academy, with fewer statements.

Differences, each covered by a test in tests/academies:
- the search path is set only if the connection has another one, not at every `set_tenant`, and content-type caches stay
  warm: content types live in `public` only, so their ids are the same in every academy;
- `on_commit` hooks run in the academy that registered them;
- a tenant's name is validated once, when it is set, not at every statement;
- whether a connection is alive is checked locally, on its socket, and on the server only after some idle seconds;
- with LIMITS in the database settings, waiting for a lock, a statement or the server is limited.
"""

import select
import time
from collections.abc import Callable
from typing import Any

from django_tenants.postgresql_backend import base

from academies.tenants.backend.server import WatchedConnection, server

# A network may drop a connection without notice, so the state of the socket is trusted for this long.
ASK_SERVER_EVERY = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    _checked_server_at = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if not self._limits:
            return super().get_new_connection(conn_params)
        # Probing a server that is down fails sooner than connecting to it.
        server.suspect(self.settings_dict)
        try:
            connection = super().get_new_connection(conn_params)
        except self.Database.errors.ConnectionTimeout:
            server.suspect(self.settings_dict)
            raise
        # Django calls psycopg.connect and has no option for a connection class.
        connection.__class__ = WatchedConnection
        connection.address = self.settings_dict
        return connection

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self._limits:
            # As statements: poolers refuse connections with startup options.
            with self.connection.cursor() as cursor:
                for name, milliseconds in self._limits.items():
                    cursor.execute("SELECT set_config(%s, %s, false)", [name, str(milliseconds)])
            if not self.get_autocommit():
                self.connection.commit()

    @property
    def _limits(self) -> dict[str, int]:
        return self.settings_dict.get("LIMITS") or {}

    def is_usable(self) -> bool:
        """Return whether the connection is alive. An idle server sends nothing unless it closes, so silence means alive."""
        moment = time.monotonic()
        if not self.errors_occurred and moment - self._checked_server_at < ASK_SERVER_EVERY and self._is_silent():
            return True
        self._checked_server_at = moment
        return bool(super().is_usable())

    def _is_silent(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Set the academy of the next statements. Sends nothing to the database."""
        self.tenant = tenant
        self.include_public_schema = include_public
        if tenant.schema_name != self.schema_name:
            self.schema_name = tenant.schema_name
            self.set_settings_schema(tenant.schema_name)
        self._target_path: list[str] | None = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._target_path is None:
            self._target_path = self._get_cursor_search_paths()
        if self.search_path_set_schemas == self._target_path:
            return
        # The parent class sends SET only if it doesn't remember the current path.
        self.search_path_set_schemas = None
        super()._handle_search_path(cursor)

    def on_commit(self, func: Callable[[], Any], robust: bool = False) -> None:
        """Run a hook after commit, in the academy that registered it."""
        registered_in = self.tenant

        def in_its_academy() -> Any:
            current = self.tenant
            if current.schema_name == registered_in.schema_name:
                return func()
            self.set_tenant(registered_in)
            try:
                return func()
            finally:
                self.set_tenant(current)

        super().on_commit(in_its_academy, robust)
