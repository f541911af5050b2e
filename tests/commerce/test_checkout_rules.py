"""Checkout rules: status tables, and sums divided without losing a penny."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academies.kernel.transitions import InvalidTransition
from commerce.checkout import rules
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.plans import rules as plan_rules

NOW = datetime(2025, 5, 2, 9, 0, tzinfo=UTC)
AMOUNTS = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize(
    ("table", "model"), [(rules.ORDER, Order), (rules.ATTEMPT, PaymentAttempt), (rules.REFUND, Refund)]
)
def test_a_table_names_every_status_and_no_other(table, model):
    assert set(table.allowed) == set(model.Status.values)
    assert set().union(*table.allowed.values()) <= set(model.Status.values)


def test_what_the_table_does_not_lead_to_is_impossible():
    rules.ORDER.check("pending", "paid")

    for before, after in [("paid", "cancelled"), ("paid", "expired"), ("paid", "pending"), ("refunded", "expired")]:
        with pytest.raises(InvalidTransition):
            rules.ORDER.check(before, after)
    with pytest.raises(InvalidTransition):
        rules.ATTEMPT.check("confirmed", "failed")


@given(total=AMOUNTS, weights=st.lists(AMOUNTS, max_size=12))
def test_shares_add_up_and_none_is_larger_than_its_weight_allows(total, weights):
    parts = rules.shares(total_minor=total, weights=weights)

    assert len(parts) == len(weights)
    assert sum(parts) == (total if sum(weights) else 0)
    if total <= sum(weights):
        assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("confirmed", "refunded", "status"),
    [(4900, 0, "paid"), (4900, 1, "partially_refunded"), (4900, 4900, "refunded"), (9800, 4900, "paid"),
     (9800, 5000, "partially_refunded"), (9800, 9800, "refunded")],
)  # fmt: skip
def test_an_order_has_the_status_that_its_money_has(confirmed, refunded, status):
    assert rules.status_after_refunds(total_minor=4900, confirmed_minor=confirmed, refunded_minor=refunded) == status


@pytest.mark.parametrize(
    ("holds", "minutes"), [([], 60), ([1440], 60), ([45], 45), ([5], 35), ([1440, 40], 40), ([0], 35)]
)
def test_an_order_is_open_for_as_long_as_its_shortest_hold_within_what_providers_allow(holds, minutes):
    assert rules.expires_at(now=NOW, hold_minutes=holds) == NOW + timedelta(minutes=minutes)


@given(eligible=AMOUNTS, percent=st.decimals(min_value=0, max_value=100, places=2), amount=AMOUNTS)
def test_a_coupon_takes_off_something_between_nothing_and_all(eligible, percent, amount):
    by_percent = plan_rules.discount(eligible_minor=eligible, percent=percent, amount_minor=None, currency="GBP")
    by_amount = plan_rules.discount(eligible_minor=eligible, percent=None, amount_minor=amount, currency="GBP")

    assert 0 <= by_percent <= eligible
    assert by_amount == min(amount, eligible)


@pytest.mark.parametrize(
    ("refunds", "left"),
    [
        ([], 2000),
        ([(500, [0])], 1500),
        ([(3000, [0, 1])], 0),
        ([(300, [0, 1])], 1800),
        ([(1000, [1])], 2000),
        ([(2500, [])], 1500),
    ],
)
def test_of_a_line_there_is_left_what_did_not_go_back_for_it_nor_for_the_whole_order(refunds, left):
    whole = 4000 - sum(amount for amount, _ in refunds)

    # Three lines with a tenth off: 2000, 1000 and 1000 are paid.
    remaining = rules.line_refundable_minor(
        index=0, totals=[2222, 1111, 1111], discount_minor=444, refunds=refunds, order_left_minor=whole
    )

    assert remaining == left


def test_half_a_penny_is_rounded_up():
    half = plan_rules.discount(eligible_minor=4901, percent=Decimal("50"), amount_minor=None, currency="GBP")

    assert half == 2451


@given(dinars=st.integers(min_value=0, max_value=10**8), percent=st.decimals(min_value=0, max_value=100, places=2))
def test_what_a_percentage_leaves_of_dinars_can_be_paid(dinars, percent):
    taken = plan_rules.discount(eligible_minor=10 * dinars, percent=percent, amount_minor=None, currency="KWD")

    assert 0 <= taken <= 10 * dinars
    assert taken % 10 == 0
    assert abs(taken - 10 * dinars * percent / 100) <= 5


@given(total=AMOUNTS, weights=st.lists(AMOUNTS, min_size=1, max_size=12))
def test_shares_of_dinars_can_be_paid_and_add_up(total, weights):
    parts = rules.shares(total_minor=10 * total, weights=[10 * weight for weight in weights], step=10)

    assert sum(parts) == (10 * total if sum(weights) else 0)
    assert all(part % 10 == 0 for part in parts)


def test_a_coupon_ends_at_its_last_moment():
    week = timedelta(days=7)

    assert plan_rules.is_valid(valid_from=NOW, valid_until=NOW + week, now=NOW)
    assert plan_rules.is_valid(valid_from=None, valid_until=None, now=NOW)
    assert not plan_rules.is_valid(valid_from=NOW + week, valid_until=None, now=NOW)
    assert not plan_rules.is_valid(valid_from=None, valid_until=NOW, now=NOW)
