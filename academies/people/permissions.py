"""Policies of accounts."""

from typing import Any

from academies.kernel import policies


def _holds(codename: str) -> policies.Policy:
    def policy(person: Any, thing: Any = None) -> bool:
        return bool(getattr(person, "is_active", False)) and person.has_perm(f"people.{codename}")

    return policy


may_assign_role = policies.register("people.assign_role")(_holds("assign_role"))
may_invite = policies.register("people.invite")(_holds("invite_user"))
may_see_people = policies.register("people.view")(_holds("view_user"))
