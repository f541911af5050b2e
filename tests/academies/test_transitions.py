"""Status machines: one table decides, and every change is in the history."""

from types import MappingProxyType

import pytest

from academies.journal import actions as journal
from academies.journal.models import Entry
from academies.kernel import clock
from academies.kernel.transitions import InvalidTransition, Transitions
from commerce.checkout.models import Order

ORDERS = Transitions(
    "checkout.order",
    MappingProxyType({"": frozenset({"pending"}), "pending": frozenset({"cancelled"}), "cancelled": frozenset()}),
)


@pytest.fixture
def order(learner) -> Order:
    now = clock.now()
    return Order(
        number=1, person=learner, currency="GBP", subtotal_minor=4900, total_minor=4900, created_at=now, expires_at=now
    )


def test_a_transition_is_stored_with_who_when_from_to_and_why(order, learner):
    now = clock.now()
    journal.transition(order, "pending", transitions=ORDERS, now=now, by=learner, verb="checkout.order_opened")

    journal.transition(order, "cancelled", transitions=ORDERS, now=now, why="a test")

    order.refresh_from_db()
    assert order.status == "cancelled"
    inserted, changed = Entry.objects.filter(subject_id=str(order.pk)).order_by("id")
    assert (inserted.verb, inserted.by, inserted.details) == ("checkout.order_opened", learner, {"before": ""})
    assert (changed.verb, changed.by, changed.at) == ("checkout.order_cancelled", None, now)
    assert changed.details == {"before": "pending", "why": "a test"}


def test_a_transition_that_the_table_does_not_allow_changes_nothing(order):
    journal.transition(order, "pending", transitions=ORDERS, now=clock.now())
    journal.transition(order, "cancelled", transitions=ORDERS, now=clock.now())

    with pytest.raises(InvalidTransition, match=r"checkout\.order: cancelled can't become pending"):
        journal.transition(order, "pending", transitions=ORDERS, now=clock.now())

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert Entry.objects.filter(subject_id=str(order.pk)).count() == 2
