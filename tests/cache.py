"""A cache of a run's own: tests empty it, and several runs may share one server."""

import os
from typing import Any

from academies.tenants.cache import AcademyCache

_RUN = f"{os.environ.get('TEST_DB_SUFFIX', '')}.{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


class RunsCache(AcademyCache):
    """The house's cache with the run's name before every key; runs are apart where their databases are."""

    def make_key(self, key: str, version: int | None = None) -> Any:
        return f"{_RUN}/{super().make_key(key, version)}"

    def forget(self, schema: str) -> None:
        super().forget(f"{_RUN}/{schema}")

    def clear(self) -> None:
        # Not the server's whole database, as Django's would: another run may be counting what its cache spares it.
        self.forget("*")
