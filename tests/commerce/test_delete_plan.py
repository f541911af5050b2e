"""Deleting plans: those that were sold stay."""

import pytest
from django.test import Client
from django.urls import reverse

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.checkout import actions
from commerce.checkout.types import CheckoutRequest, Item
from commerce.plans.models import Coupon, Plan
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def sold_and_unsold(north, learner):
    """A plan and a coupon that an order names, and one of each that none does."""
    plan, coupon = a_plan(a_course(), price_minor=0), Coupon.objects.create(code="SPRING", percent=100)
    actions.place_order(
        person=learner, checkout_request=CheckoutRequest([Item(plan=plan.slug)], coupon=coupon.code), now=clock.now()
    )
    a_plan(slug="never-sold"), Coupon.objects.create(code="NEVER", percent=10)


def _delete(person, model, *things):
    client = Client(headers={"host": "north.localhost"})
    client.force_login(person)
    name = model._meta.model_name
    if len(things) == 1:
        address = reverse(f"wagtailsnippets_plans_{name}:delete", args=[things[0].pk])
    else:
        ids = "&".join(f"id={thing.pk}" for thing in things)
        address = reverse("wagtail_bulk_action", args=["plans", name, "delete"]) + f"?{ids}"
    return client.post(address, follow=True)


@pytest.mark.parametrize(("model", "instead"), [(Plan, "Take it off sale instead"), (Coupon, "Let its validity end")])
@pytest.mark.parametrize("together", [False, True])
def test_what_an_order_names_is_not_deleted(owner, sold_and_unsold, model, instead, together):
    things = list(model.objects.order_by("pk"))

    page = _delete(owner, model, *(things if together else things[:1]))

    assert instead in page.content.decode()
    with inside("north"):
        assert model.objects.count() == 2


@pytest.mark.parametrize("model", [Plan, Coupon])
def test_what_nobody_bought_is_deleted(owner, sold_and_unsold, model):
    last = model.objects.order_by("pk").last()

    _delete(owner, model, last)

    with inside("north"):
        assert not model.objects.filter(pk=last.pk).exists()
