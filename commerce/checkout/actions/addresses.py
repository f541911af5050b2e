"""Where a buyer may be sent back to: a checkout that sends people anywhere is a phisher's tool."""

from urllib.parse import urlsplit

from django.conf import settings

from academies.kernel import policies
from academies.tenants import queries as tenants
from academies.tenants.models import Domain
from commerce.checkout.actions.refusals import ForeignAddress

LONGEST = 500


def own(url: str, *, field: str) -> str:
    """Return an address that people may be sent back to, or "" for none. Raises ForeignAddress, naming the field."""
    if not url:
        return ""
    if len(url) > LONGEST or not _is_ours(url):
        raise ForeignAddress(field)
    return url


def _is_ours(url: str) -> bool:
    # Browsers read a backslash as a slash, and leave out some signs altogether.
    if any(sign <= " " or sign in "\\\x7f" for sign in url):
        return False
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not parts.hostname:
        return False
    return _is_own_host(parts.hostname) or _is_own_origin(origin)


def _is_own_host(host: str) -> bool:
    if settings.DEMO and (host in ("localhost", "127.0.0.1") or host.endswith(".localhost")):
        return True
    academy = tenants.current()
    return bool(host == academy.domain_url) or Domain.objects.filter(domain=host, tenant_id=academy.pk).exists()


def _is_own_origin(origin: str) -> bool:
    """Ask whether the academy named an origin as one of its own web sites; that setting is on a floor above."""
    return policies.may("pages.own_origin", None, origin)
