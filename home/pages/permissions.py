"""Who may do what with an academy's pages, for the floors below, which can't ask here."""

from typing import Any

from academies.kernel import policies
from home.pages.origins import origins


@policies.register("pages.own_origin")
def is_own_origin(person: Any, origin: str) -> bool:
    """Checkout sends buyers back to the academy's own web sites as well."""
    return origin in origins()
