"""Forms with the id of another person's order are refused."""

import pytest

from academies.kernel import clock
from academies.kernel.codes import uuid7
from commerce.checkout import actions
from commerce.checkout.models import Order
from commerce.checkout.refusals import FormOutdated
from commerce.checkout.types import CheckoutRequest, Item
from tests.fixtures.concurrency import people_of
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def buyers(shop, north):
    return people_of(north, 2)


def test_the_id_of_another_person_s_order_is_refused(buyers):
    ada, ben = buyers
    a_plan(a_course())
    request = CheckoutRequest([Item(plan="sourdough")], order_id=uuid7())
    first, _ = actions.place_order(person=ada, checkout_request=request, now=clock.now())

    with pytest.raises(FormOutdated):
        actions.place_order(person=ben, checkout_request=request, now=clock.now())

    again, _ = actions.place_order(person=ada, checkout_request=request, now=clock.now())
    assert again.pk == first.pk
    assert Order.objects.count() == 1
