"""Extending access that ends."""

from collections import Counter
from datetime import timedelta
from unittest import mock

import pytest

from academies.kernel import clock
from commerce.checkout import actions, refusals
from commerce.checkout.actions import cancel
from commerce.checkout.models import Order, Refund
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries
from commerce.enrolments.models import Enrolment, Entitlement
from tests.fixtures.concurrency import at_once, people_of
from tests.fixtures.http_client import client_for
from tests.fixtures.payment_factory import Shop, paid_remote
from tests.fixtures.product_factory import NOW, a_course, a_plan

DAY = timedelta(days=1)


@pytest.fixture
def course(north):
    return a_course()


@pytest.fixture
def month_plan(course):
    return a_plan(course, slug="month", access_days=30)


def days(person, course, count, source, now=NOW):
    return enrolments.grant_days(
        person=person, course_key=course and course.translation_key, source=source, days=count, now=now
    )


def ends(person, course, now=NOW):
    return queries.access_end(person, course.translation_key, now)


# --- Days after days ------------------------------------------------------------------------------------------------
def test_more_days_begin_where_the_present_ones_end(learner, course):
    days(learner, course, 30, "order_line:1")
    second = days(learner, course, 10, "order_line:2", NOW + 5 * DAY)
    again = days(learner, course, 10, "order_line:2", NOW + 6 * DAY)

    assert second.pk == again.pk
    assert (second.starts_at, second.ends_at) == (NOW + 30 * DAY, NOW + 40 * DAY)
    assert ends(learner, course) == NOW + 40 * DAY


def test_days_bought_after_the_end_begin_at_once(learner, course):
    days(learner, course, 30, "order_line:1")

    later = days(learner, course, 10, "order_line:2", NOW + 31 * DAY)

    assert later.starts_at == NOW + 31 * DAY
    assert Enrolment.objects.get().status == "active"


def test_a_refund_of_the_second_ends_only_its_own(learner, course):
    days(learner, course, 30, "order_line:1")
    days(learner, course, 30, "order_line:2")

    enrolments.revoke(source="order_line:2", now=NOW + DAY)

    assert ends(learner, course) == NOW + 30 * DAY
    assert Enrolment.objects.get().status == "active"


def test_a_refund_of_the_first_leaves_no_gap_before_the_others(learner, course):
    for number in range(3):
        days(learner, course, 30, f"order_line:{number}")

    enrolments.revoke(source="order_line:0", now=NOW + 10 * DAY)

    assert Enrolment.objects.get().status == "active"
    assert queries.holds_entitlement(learner, course.translation_key, NOW + 10 * DAY)
    assert ends(learner, course) == NOW + 70 * DAY


def test_a_refund_moves_nothing_that_other_access_covers(learner, course):
    days(learner, course, 30, "order_line:1")
    days(learner, course, 30, "order_line:2")
    enrolments.grant(
        person=learner, course_key=course.translation_key, source="staff:1", starts_at=NOW, ends_at=None, now=NOW
    )

    enrolments.revoke(source="order_line:1", now=NOW + DAY)

    assert Entitlement.objects.get(source="order_line:2").starts_at == NOW + 30 * DAY
    assert ends(learner, course) is None


def test_days_of_every_course_follow_days_of_every_course(learner, course):
    days(learner, course, 90, "order_line:1")
    days(learner, None, 30, "order_line:2")

    third = days(learner, None, 30, "order_line:3")

    assert third.starts_at == NOW + 30 * DAY


# --- Selling it -----------------------------------------------------------------------------------------------------
def test_somebody_with_days_left_buys_more_and_is_given_them_once(shop: Shop, learner, course, month_plan):
    order, attempt = shop.buy(learner, month_plan.slug)
    actions.settle(order_id=order.pk, remote=paid_remote(attempt), now=clock.now())
    first = queries.access_end(learner, course.translation_key, clock.now())

    more, attempt = shop.buy(learner, month_plan.slug)
    for _ in range(3):
        actions.settle(order_id=more.pk, remote=paid_remote(attempt), now=clock.now())

    assert Counter(Order.objects.values_list("status", flat=True)) == {"paid": 2}
    assert queries.access_end(learner, course.translation_key, clock.now()) == first + 30 * DAY


def test_days_may_become_lasting_and_what_is_lasting_is_not_sold_again(shop: Shop, learner, course, month_plan):
    days(learner, course, 30, "order_line:0", clock.now())
    lasting = a_plan(course, slug="lasting")

    order, attempt = shop.buy(learner, lasting.slug)
    actions.settle(order_id=order.pk, remote=paid_remote(attempt), now=clock.now())

    assert queries.access_end(learner, course.translation_key, clock.now()) is None
    for plan in (month_plan, lasting):
        with pytest.raises(refusals.AlreadyBought):
            shop.buy(learner, plan.slug)


def test_what_costs_nothing_is_not_piled_up(shop: Shop, learner, course):
    free = a_plan(course, slug="free", price_minor=0, access_days=30)
    shop.buy(learner, free.slug)

    with pytest.raises(refusals.AlreadyBought):
        shop.buy(learner, free.slug)


def test_two_orders_for_days_placed_at_once_give_them_once(shop: Shop, learner, course, month_plan):
    with mock.patch.object(cancel, "supersede"):
        bought = [shop.buy(learner, month_plan.slug) for _ in range(2)]

    for order, attempt in bought:
        actions.settle(order_id=order.pk, remote=paid_remote(attempt), now=clock.now())

    assert Counter(Order.objects.values_list("status", flat=True)) == {"paid": 1, "expired": 1}
    assert Refund.objects.count() == 1


def test_the_review_page_says_until_when_before_paying(shop: Shop, learner, course, month_plan):
    new = client_for(learner).get("/checkout/plan/month/").content.decode()
    days(learner, course, 10, "order_line:0", clock.now())
    until = clock.now() + 40 * DAY

    more = client_for(learner).get("/checkout/plan/month/").content.decode()

    assert "Access for 30 days" in new
    assert f"access until {until.day} {until:%B %Y}" in more


@pytest.mark.threads
def test_days_granted_at_once_follow_each_other(committed_academy):
    course, [person] = a_course(), people_of(committed_academy, 1)

    results = at_once(8, lambda number: days(person, course, 10, f"order_line:{number}"))

    assert not [result for result in results if isinstance(result, BaseException)]
    assert ends(person, course) == NOW + 80 * DAY
