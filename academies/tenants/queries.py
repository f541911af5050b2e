"""Look up academies by host and schema, without a query once warm.

Each process caches what it has read. A change writes a new version into the shared cache; processes compare it at most
once a second. So every process sees a change within a second, within five if the cache is unreachable, and within a
minute if the change couldn't write its version.

While the database is down a process keeps using its cached rows, unless the version has changed: an academy may have been
closed.
"""

import threading
import time
from email.utils import formataddr

from django.conf import settings
from django.core.cache import caches
from django.db import InterfaceError, OperationalError, connection
from django_tenants.utils import get_public_schema_name, schema_context

from academies.tenants.models import Academy, Domain

MARK = "registry-mark"
COMPARE_EVERY = 1.0
_FORGET_AFTER = 5.0
_LOOK_AGAIN_AFTER = 60.0


class _Registry:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget("")

    def forget(self, mark: str | None) -> None:
        """Drop everything: something has changed, and it isn't known what."""
        self.by_host: dict[str, Academy | None] = {}
        self.by_schema: dict[str, Academy] = {}
        self.recalled = False
        self.look_again(mark)

    def look_again(self, mark: str | None) -> None:
        """Read everything again. The former rows are kept as a fallback while the database is down."""
        before = (self.hosts_before, self.schemas_before) if self.recalled else ({}, {})
        self.hosts_before: dict[str, Academy | None] = {**before[0], **self.by_host}
        self.schemas_before: dict[str, Academy] = {**before[1], **self.by_schema}
        self.by_host, self.by_schema = {}, {}
        self.mark, self.recalled = mark, False
        self.compared_at = self.filled_at = time.monotonic()

    def compare(self, mark: str | None) -> None:
        """Compare with the version in the shared cache; None if there is none, or the cache is unreachable."""
        self.compared_at = time.monotonic()
        keeps_for = _FORGET_AFTER if mark is None or self.recalled else _LOOK_AGAIN_AFTER
        if mark is not None and mark != self.mark:
            self.forget(mark)
        elif mark != self.mark or self.compared_at - self.filled_at > keeps_for:
            self.look_again(mark)

    def load(self, before: Academy | None, **lookup: str) -> Academy | None:
        """Read an academy; while the database is down, return the fallback `before`, if there is one."""
        try:
            return _load(**lookup)
        except (OperationalError, InterfaceError):
            if before is None:
                raise
            self.recalled = True
            return before


registry = _Registry()


def _shared_version() -> str | None:
    with schema_context(get_public_schema_name()):
        return caches["default"].get(MARK)


def _fresh() -> _Registry:
    if time.monotonic() - registry.compared_at > COMPARE_EVERY:
        mark = _shared_version()
        with registry.lock:
            registry.compare(mark)
    return registry


def normal_host(host: str) -> str:
    """Return a host as it is stored: in lower case, without port and trailing dot."""
    host = host.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


def academy_at(host: str) -> Academy | None:
    """Return the academy at a host, whatever its status, or None for an unknown host."""
    name = normal_host(host)
    registry = _fresh()
    known = registry.by_host
    if name not in known:
        if len(known) > 10_000:
            # Anybody can send any host; made-up ones must not fill the memory.
            known.clear()
        known[name] = registry.load(registry.hosts_before.get(name), domain=name)
    return known[name]


def academy_in(schema: str) -> Academy:
    """Return the academy with this schema. Raises Academy.DoesNotExist."""
    registry = _fresh()
    known = registry.by_schema
    if schema not in known:
        academy = registry.load(registry.schemas_before.get(schema), schema=schema)
        if academy is None:
            raise Academy.DoesNotExist(schema)
        known[schema] = academy
    return known[schema]


def _load(*, domain: str = "", schema: str = "") -> Academy | None:
    with schema_context(get_public_schema_name()):
        matching = (
            Academy.objects.filter(domains__domain=domain) if domain else Academy.objects.filter(schema_name=schema)
        )
        academy = matching.first()
        if academy is not None:
            primary = Domain.objects.filter(tenant=academy, is_primary=True).values_list("domain", flat=True).first()
            academy.domain_url = primary
    return academy


def current() -> Academy:
    """Return the academy of this thread's connection. Raises Academy.DoesNotExist in `public`."""
    tenant = connection.tenant  # type: ignore[attr-defined]
    return tenant if isinstance(tenant, Academy) else academy_in(tenant.schema_name)


def base_url(academy: Academy | None = None) -> str:
    """Return scheme, primary host and port of an academy, such as `https://north.example`; no trailing slash."""
    academy = academy or current()
    host = academy.domain_url or academy_in(academy.schema_name).domain_url or "localhost"
    port = "" if settings.PUBLIC_PORT in ("", "80", "443") else f":{settings.PUBLIC_PORT}"
    return f"{settings.PUBLIC_SCHEME}://{host}{port}"


def current_base_url() -> str:
    """Return the base URL of the current academy, or of the platform if there is none. Used by a lazy setting."""
    try:
        return base_url()
    except Academy.DoesNotExist:
        return f"{settings.PUBLIC_SCHEME}://localhost"


def current_name() -> str:
    """Return the name of the current academy, or of the platform if there is none. Used by a lazy setting."""
    try:
        return current().name
    except Academy.DoesNotExist:
        return "Lyceum"


def sender() -> str:
    """Return the sender of the current academy's emails."""
    return formataddr((current().name, settings.DEFAULT_FROM_EMAIL))


def live_schemas() -> tuple[str, ...]:
    """Return the schemas of live and suspended academies, oldest first."""
    with schema_context(get_public_schema_name()):
        rows = Academy.objects.filter(status__in=[Academy.Status.LIVE, Academy.Status.SUSPENDED])
        return tuple(rows.order_by("created_at", "pk").values_list("schema_name", flat=True))


def registry_version() -> str | None:
    """Return the version of the registry in this process, which changes with any host or academy. Makes no request."""
    return registry.mark


def made_schemas() -> tuple[str, ...]:
    """Return the schemas of all academies that have one, whatever their status, oldest first."""
    with schema_context(get_public_schema_name()):
        return tuple(Academy.objects.exclude(step="").order_by("pk").values_list("schema_name", flat=True))


def paused_schemas(schemas: list[str]) -> tuple[str, ...]:
    """Return the schemas whose academy is in maintenance, which means that its migration has failed."""
    with schema_context(get_public_schema_name()):
        matching = Academy.objects.filter(schema_name__in=schemas, status=Academy.Status.MAINTENANCE)
        return tuple(matching.values_list("schema_name", flat=True))


def forget() -> None:
    """Make every process read academies and hosts again."""
    mark = str(time.time_ns())
    with schema_context(get_public_schema_name()):
        caches["default"].set(MARK, mark, None)
    with registry.lock:
        registry.forget(mark)
