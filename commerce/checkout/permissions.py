"""Who may see, cancel and refund orders."""

from typing import Any

from academies.kernel import policies
from commerce.checkout import queries
from commerce.checkout.models import Order


def _is_own(person: Any, order: Order | None) -> bool:
    return order is not None and person.is_authenticated and order.person_id == person.pk


@policies.register("checkout.view")
def may_view(person: Any, order: Order | None) -> bool:
    """Buyers their own orders; staff who may view orders."""
    return _is_own(person, order) or person.has_perm("checkout.view_order")


@policies.register("checkout.cancel")
def may_cancel(person: Any, order: Order | None) -> bool:
    return _is_own(person, order) or person.has_perm("checkout.cancel_order")


@policies.register("checkout.refund")
def may_refund(person: Any, order: Order | None) -> bool:
    """Finance staff. Buyers may not refund their own orders."""
    return bool(person.has_perm("checkout.refund_order"))


@policies.register("checkout.record")
def may_record(person: Any, row: Any) -> bool:
    """Finance staff, for payments and refunds that people make by hand."""
    return bool(person.has_perm("checkout.record_order"))


@policies.register("checkout.replay")
def may_replay(person: Any, event: Any) -> bool:
    return bool(person.has_perm("inbox.replay_webhookevent"))


@policies.register("checkout.take_payments")
def may_take_payments(person: Any, thing: Any = None) -> bool:
    """The same for everybody: whether the academy has a payment provider."""
    return queries.takes_payments()
