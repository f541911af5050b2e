"""Checkout: an order opens completely or not at all, at the current price."""

import uuid
from datetime import timedelta

import pytest

from academies.kernel import clock
from academies.kernel.errors import Invalid
from academies.notifications.models import Delivery
from commerce.checkout import actions, gateway, refusals
from commerce.checkout.models import Order
from commerce.checkout.types import CheckoutRequest, Item
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as access
from commerce.enrolments.models import Entitlement, Registration
from commerce.plans.models import Plan
from tests.fixtures.payment_factory import Shop, make_workshop
from tests.fixtures.product_factory import a_course, a_plan


@pytest.fixture
def plan(north):
    return a_plan(a_course())


def test_an_order_keeps_title_and_price_of_its_moment(shop: Shop, learner, plan):
    order, attempt = shop.buy(learner, plan.slug)
    Plan.objects.filter(pk=plan.pk).update(price_minor=9900, title="Dearer")

    order = Order.objects.get(pk=order.pk)
    line = order.lines.get()
    assert (line.title, line.total_minor, order.total_minor, order.currency) == ("Sourdough", 4900, 4900, "GBP")
    assert order.expires_at == order.created_at + timedelta(hours=1)
    remote = gateway.current().read(attempt.reference)
    assert (remote.amount_minor, remote.currency, remote.order_id) == (4900, "GBP", str(order.pk))
    assert attempt.url.startswith(shop.standin.base_url)


def test_a_basket_is_one_payment(shop: Shop, learner, plan):
    offering = make_workshop()
    order, attempt = shop.buy(learner, plan.slug, offering=offering)

    assert attempt.amount_minor == order.total_minor == 8400
    assert [line.title for line in order.lines.order_by("pk")] == ["Sourdough", f"Croissant workshop, {offering}"]
    assert Registration.objects.get().source == f"order:{order.pk}"


def test_numbers_count_up_without_gaps(shop: Shop, learner, stranger, plan):
    a_plan(a_course(title="Rye", slug="rye"), slug="rye")

    with pytest.raises(refusals.BadCoupon):
        shop.buy(learner, plan.slug, coupon="NONE")
    numbers = [shop.buy(who, slug)[0].number for who in (learner, stranger) for slug in ("sourdough", "rye")]

    assert numbers == [1, 2, 3, 4]


# --- free -----------------------------------------------------------------------------------------------------------
def test_what_costs_nothing_is_paid_at_once_and_nobody_is_asked(north, learner, monkeypatch):
    course = a_course()
    plan = a_plan(course, slug="free", price_minor=0)
    monkeypatch.setattr(gateway, "named", lambda provider: pytest.fail("the provider was asked"))

    order, attempt = actions.place_order(
        person=learner, checkout_request=CheckoutRequest([Item(plan=plan.slug)]), now=clock.now()
    )

    assert (order.status, attempt, order.number) == (Order.Status.PAID, None, 1)
    assert access.is_entitled(learner, course.translation_key)
    assert [mail.kind for mail in Delivery.objects.all()] == ["order_paid"]


def test_a_free_seat_is_confirmed_at_once(north, learner):
    offering = make_workshop(price_minor=0)

    order, _ = actions.place_order(
        person=learner, checkout_request=CheckoutRequest([Item(offering=offering.pk)]), now=clock.now()
    )

    assert order.status == Order.Status.PAID
    assert Registration.objects.get().status == Registration.Status.CONFIRMED


# --- refusals -------------------------------------------------------------------------------------------------------
def test_who_has_it_is_not_sold_it_again(shop: Shop, learner, stranger, plan):
    course = plan.courses.get()
    enrolments.grant(
        person=learner, course_key=course.translation_key, source="staff:1", starts_at=clock.now(), ends_at=None,
        now=clock.now(),
    )  # fmt: skip

    with pytest.raises(refusals.AlreadyBought) as refused:
        shop.buy(learner, plan.slug)

    assert refused.value.code == "already_enrolled"
    assert shop.buy(stranger, plan.slug)[0].number == 1


def test_a_bundle_is_sold_as_long_as_part_of_it_is_new(shop: Shop, learner, plan):
    bundle = a_plan(plan.courses.get(), a_course(title="Rye", slug="rye"), slug="both")
    enrolments.grant(
        person=learner, course_key=plan.courses.get().translation_key, source="staff:1", starts_at=clock.now(),
        ends_at=None, now=clock.now(),
    )  # fmt: skip

    assert shop.buy(learner, bundle.slug)[0].status == Order.Status.PENDING


@pytest.mark.parametrize(
    ("change", "refusal", "code"),
    [
        ({"on_sale": False}, refusals.NotOnSale, "not_on_sale"),
        ({"interval": "month"}, refusals.SubscriptionsNotOpen, "subscriptions_not_open"),
        ({"interval": "year"}, refusals.SubscriptionsNotOpen, "subscriptions_not_open"),
    ],
)
def test_what_is_not_for_sale_is_not_sold(shop: Shop, learner, plan, change, refusal, code):
    Plan.objects.filter(pk=plan.pk).update(**change)

    with pytest.raises(refusal) as refused:
        shop.buy(learner, plan.slug)

    assert refused.value.code == code
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "items",
    [
        [],
        [Item()],
        [Item(plan="nothing-of-that-name")],
        [Item(offering=uuid.uuid4())],
        [Item(plan="sourdough", offering=uuid.uuid4())],
        [Item(plan="sourdough", quantity=2)],
        [Item(plan="sourdough"), Item(plan="sourdough")],
        [Item(plan=f"plan-{number}") for number in range(21)],
    ],
)
def test_a_basket_that_makes_no_sense_is_refused_with_the_reason(shop: Shop, learner, plan, items):
    with pytest.raises(Invalid) as refused:
        actions.place_order(person=learner, checkout_request=CheckoutRequest(items), now=clock.now())

    assert refused.value.fields["items"]
    assert not Order.objects.exists()


def test_two_currencies_are_two_orders(shop: Shop, learner, plan):
    a_plan(a_course(title="Rye", slug="rye"), slug="rye", currency="EUR")

    with pytest.raises(refusals.MixedCurrencies):
        shop.buy(learner, plan.slug, "rye")

    assert shop.buy(learner, "rye")[0].currency == "EUR"


def test_a_price_that_changed_since_it_was_shown_is_shown_again(shop: Shop, learner, plan):
    with pytest.raises(refusals.PriceChanged) as refused:
        shop.buy(learner, plan.slug, expected_total_minor=3900)

    assert refused.value.extra["total"] == {"amount_minor": 4900, "currency": "GBP"}
    with pytest.raises(refusals.PriceChanged):
        shop.buy(learner, plan.slug, expected_total_minor=4900, expected_currency="JPY")
    seen = {"expected_total_minor": 4900, "expected_currency": "GBP"}
    assert shop.buy(learner, plan.slug, **seen)[0].total_minor == 4900


def test_the_last_seat_is_held_for_one(shop: Shop, learner, stranger):
    offering = make_workshop(seats=1)
    shop.buy(learner, offering=offering)

    with pytest.raises(enrolments.SoldOut):
        shop.buy(stranger, offering=offering)

    assert Order.objects.count() == 1


def test_a_date_whose_page_is_hidden_is_not_sold(shop: Shop, learner):
    offering = make_workshop()
    offering.page.unpublish()

    with pytest.raises(refusals.NotOnSale):
        shop.buy(learner, offering=offering)


def test_an_academy_without_an_account_sells_only_what_is_free(north, learner, plan, settings):
    settings.STRIPE_SECRET_KEY = ""

    with pytest.raises(refusals.PaymentsNotSetUp):
        actions.place_order(person=learner, checkout_request=CheckoutRequest([Item(plan=plan.slug)]), now=clock.now())

    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/", "//evil.example/", "javascript:alert(1)", "https://north.localhost@evil.example/",
        "https://evil.example\\@north.localhost/", "http://south.localhost:8000/", "http://north.localhost.evil.example/",
        "ftp://north.localhost/", "/done", "http://north.localhost:port/", "http:///x", "http://north.localhost/\r\nX: y",
        "http://north.localhost/" + "x" * 500,
    ],
)  # fmt: skip
def test_people_are_sent_back_to_the_academys_own_addresses_only(shop: Shop, learner, plan, url):
    for field in ("success_url", "cancel_url"):
        with pytest.raises(refusals.ForeignReturnUrl) as refused:
            shop.buy(learner, plan.slug, **{field: url})
        assert list(refused.value.fields) == [field]

    order, _ = shop.buy(learner, plan.slug, success_url="http://north.localhost:8000/thanks?order=1")
    assert order.success_url == "http://north.localhost:8000/thanks?order=1"


def test_the_demo_sends_people_back_to_any_address_of_this_machine(shop: Shop, learner, plan, settings):
    settings.DEMO = True

    order, _ = shop.buy(learner, plan.slug, success_url="http://shop.localhost:3000/thanks")

    assert order.success_url == "http://shop.localhost:3000/thanks"
    with pytest.raises(refusals.ForeignReturnUrl):
        shop.buy(learner, plan.slug, success_url="http://localhost.evil.example/")


def test_placing_an_order_takes_few_queries(shop: Shop, learner, plan, django_assert_max_num_queries):
    offering = make_workshop()
    shop.buy(learner, plan.slug)
    Order.objects.update(status="expired")

    with django_assert_max_num_queries(32):
        shop.buy(learner, plan.slug)
    with django_assert_max_num_queries(33):
        shop.buy(learner, offering=offering)


def test_a_hidden_entitlement_does_not_hide_a_plan(shop: Shop, learner, plan):
    course = plan.courses.get()
    enrolments.grant(
        person=learner, course_key=course.translation_key, source="trial", starts_at=clock.now() - timedelta(days=9),
        ends_at=clock.now() - timedelta(days=2), now=clock.now(),
    )  # fmt: skip

    assert Entitlement.objects.count() == 1
    assert shop.buy(learner, plan.slug)[0].status == Order.Status.PENDING
