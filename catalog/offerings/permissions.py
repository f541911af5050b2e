"""Who may cancel a date."""

from typing import Any

from academies.kernel import policies


@policies.register("offerings.cancel")
def may_cancel(person: Any, offering: Any = None) -> bool:
    return bool(getattr(person, "is_active", False)) and person.has_perm("offerings.cancel_offering")
