"""It holds that a form with the id of somebody else's order is refused, and tells nothing of that order."""

import pytest

from academies.kernel import clock
from academies.kernel.codes import uuid7
from commerce.checkout import actions
from commerce.checkout.actions.refusals import FormOutdated
from commerce.checkout.facts import Item, Wish
from commerce.checkout.models import Order
from tests.fixtures.concurrency import people_of
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def buyers(shop, north):
    return people_of(north, 2)


def test_the_id_of_another_person_s_order_is_refused(buyers):
    ada, ben = buyers
    a_plan(a_course())
    wish = Wish([Item(plan="sourdough")], order_id=uuid7())
    first, _ = actions.open_checkout(person=ada, wish=wish, now=clock.now())

    with pytest.raises(FormOutdated):
        actions.open_checkout(person=ben, wish=wish, now=clock.now())

    again, _ = actions.open_checkout(person=ada, wish=wish, now=clock.now())
    assert again.pk == first.pk
    assert Order.objects.count() == 1
