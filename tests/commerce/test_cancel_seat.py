"""Cancelling a paid seat: confirmation, refund by the rule, notice to Finance."""

from datetime import UTC, timedelta

import pytest
import time_machine
from django.utils import formats

from academies.kernel import clock
from academies.notifications.models import Delivery
from academies.outbox import actions as outbox
from academies.outbox import registry
from catalog.events.models import EventPage
from catalog.offerings.models import Offering
from commerce.checkout import actions, invariants
from commerce.checkout.models import Order, Refund
from commerce.enrolments import actions as enrolments
from commerce.enrolments.facts import SeatReleased
from commerce.enrolments.models import Registration
from commerce.plans.models import Coupon
from tests.fixtures.http_client import Visitor
from tests.fixtures.payment_factory import Shop, make_workshop, reload, sent_kinds


def rule(offering, **fields) -> None:
    EventPage.objects.filter(pk=offering.page_id).update(**fields)


def buy_seat(shop: Shop, person, *, days=7, percent=0, **options):
    """A seat in two weeks for £35, paid for."""
    offering = make_workshop()
    rule(offering, full_refund_days=days, late_refund_percent=percent)
    order, attempt = shop.buy(person, offering=offering, **options)
    shop.pay(attempt)
    shop.refresh_payment(order)
    return order, Registration.objects.get(person=person)


def ask(browser, registration, **body):
    path = f"/my/registrations/{registration.pk}/cancel/"
    return browser.post(path, body) if body else browser.get(path)


def give_up(registration):
    enrolments.cancel_registration(registration=registration, by=registration.person, now=clock.now())
    outbox.drain()


def test_the_question_says_what_goes_back_and_changes_nothing(shop: Shop, learner, browser):
    _, mine = buy_seat(shop, learner)

    page = ask(browser, mine).content.decode()

    assert "You get back £35" in page
    assert "at least 7 days before the start; after that, nothing." in page
    mine.refresh_from_db()
    assert mine.status == "confirmed"


def test_a_yes_gives_back_all_of_it_once_and_finance_is_told(shop: Shop, learner, finance, browser):
    order, mine = buy_seat(shop, learner)

    response = ask(browser, mine, expected_minor=3500)
    outbox.drain()
    again = ask(browser, mine, expected_minor=3500)
    outbox.drain()

    assert (response.status_code, again.status_code) == (302, 302)
    refund = Refund.objects.get()
    assert (refund.status, refund.amount_minor, refund.by) == ("done", 3500, None)
    assert reload(order).status == Order.Status.REFUNDED
    assert sent_kinds(learner) == ["order_paid", "order_refunded", "seat_cancelled", "seat_confirmed"]
    context = Delivery.objects.get(person=finance, kind="paid_seat_given_up").context
    assert (context["amount"], context["who"], context["undecided"]) == ("£35", "Lena Learner", True)
    assert invariants.violations(now=clock.now()) == []


def test_a_fact_told_twice_gives_back_once(shop: Shop, learner, finance):
    _, mine = buy_seat(shop, learner, percent=50)
    enrolments.cancel_registration(registration=mine, by=learner, now=clock.now())
    mine.refresh_from_db()
    fact = SeatReleased(str(mine.pk), mine.source, "given_up", percent=100, reason="The seat was given up.")

    for _ in range(2):
        registry.run("fact:SeatReleased", registry.as_payload(fact))
    outbox.drain()

    assert Refund.objects.get().amount_minor == 3500
    assert Delivery.objects.filter(kind="paid_seat_given_up").count() == 1


@pytest.mark.parametrize(("percent", "back", "status"), [(0, 0, "paid"), (50, 1750, "partially_refunded")])
def test_too_late_gives_back_what_the_rule_says(shop: Shop, learner, finance, percent, back, status):
    order, mine = buy_seat(shop, learner, days=21, percent=percent)

    give_up(mine)

    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == back
    assert reload(order).status == status
    assert Delivery.objects.filter(person=finance, kind="paid_seat_given_up").count() == 1
    mine.refresh_from_db()
    assert (mine.status, mine.cause) == ("cancelled", "given_up")


def test_without_a_rule_nothing_goes_by_itself_and_finance_is_asked_to_decide(shop: Shop, learner, finance, browser):
    order, mine = buy_seat(shop, learner, days=None)
    question = ask(browser, mine).content.decode()

    give_up(mine)

    assert "the academy decides and writes to you" in " ".join(question.split())
    assert reload(order).status == Order.Status.PAID
    context = Delivery.objects.get(person=finance, kind="paid_seat_given_up").context
    assert (context["amount"], context["undecided"]) == ("", True)


def test_the_rule_is_the_one_that_was_shown_when_it_was_bought(shop: Shop, learner):
    _, mine = buy_seat(shop, learner)
    rule(mine.offering, full_refund_days=21)

    give_up(mine)

    assert Refund.objects.get().amount_minor == 3500


def test_what_was_shown_has_changed_when_they_say_yes(shop: Shop, learner, browser):
    _, mine = buy_seat(shop, learner)

    with time_machine.travel(mine.offering.starts_at - timedelta(days=6)):
        browser.force_login(learner)
        response = ask(browser, mine, expected_minor=3500)

    assert response.status_code == 409
    assert "You get nothing back of the £35" in response.content.decode()
    assert Registration.objects.get().status == "confirmed"


def test_a_discount_and_an_earlier_refund_count(shop: Shop, learner, finance):
    from commerce.checkout.types import RefundInput

    Coupon.objects.create(code="TENTH", percent=10)
    order, mine = buy_seat(shop, learner, coupon="TENTH")
    actions.refund_order(
        order=order, by=finance, refund_input=RefundInput("late start", 1000, entitlements="keep"), now=clock.now()
    )

    give_up(mine)

    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [1000, 2150]
    assert reload(order).status == Order.Status.REFUNDED


def test_staff_who_cancel_send_no_money_but_finance_is_asked(shop: Shop, learner, desk, finance):
    _, mine = buy_seat(shop, learner)

    enrolments.cancel_registration(registration=mine, by=desk, now=clock.now())
    outbox.drain()

    assert not Refund.objects.exists()
    context = Delivery.objects.get(person=finance, kind="paid_seat_given_up").context
    assert (context["by_staff"], context["undecided"]) == (True, True)


def test_a_refund_by_finance_tells_finance_nothing_new(shop: Shop, learner, finance):
    from commerce.checkout.types import RefundInput

    order, _ = buy_seat(shop, learner)

    actions.refund_order(order=order, by=finance, refund_input=RefundInput("asked for it"), now=clock.now())
    outbox.drain()

    assert Registration.objects.get().cause == "order_ended"
    assert not Delivery.objects.filter(kind="paid_seat_given_up").exists()


def test_who_gave_up_may_come_back(shop: Shop, learner):
    _, mine = buy_seat(shop, learner)
    give_up(mine)

    order, attempt = shop.buy(learner, offering=mine.offering)
    shop.pay(attempt)
    shop.refresh_payment(order)

    assert reload(order).status == Order.Status.PAID
    assert sorted(Registration.objects.values_list("status", flat=True)) == ["cancelled", "confirmed"]
    assert invariants.violations(now=clock.now()) == []


@pytest.mark.parametrize(("currency", "back"), [("GBP", 1155), ("KWD", 1160)])
def test_a_part_goes_back_in_steps_that_cards_can_be_paid(shop: Shop, learner, currency, back):
    _, mine = buy_seat(shop, learner, days=21, percent=33)
    Order.objects.update(currency=currency)

    money = actions.seat_refund(mine, now=clock.now())

    assert money.amount.amount_minor == back


def test_the_api_says_what_goes_back(shop: Shop, learner):
    _, mine = buy_seat(shop, learner, days=21, percent=50)

    payload = Visitor(learner).ask("post", f"/api/v1/registrations/{mine.pk}/cancel/").json()

    assert (payload["status"], payload["refund"]) == ("cancelled", {"amount_minor": 1750, "currency": "GBP"})


def test_the_rule_is_shown_wherever_somebody_decides(shop: Shop, learner, browser):
    offering = make_workshop()
    rule(offering, full_refund_days=7, refund_policy="Or send a friend")
    words = "at least 7 days before the start; after that, nothing. Or send a friend."
    event, review = browser.get("/events/croissants/"), browser.get(f"/checkout/offering/{offering.pk}/")
    order, attempt = shop.buy(learner, offering=offering)
    shop.pay(attempt)
    shop.refresh_payment(order)
    rule(offering, full_refund_days=21)

    bought, mine = browser.get(f"/checkout/orders/{order.pk}/"), browser.get("/my/")

    assert all(words in page.content.decode() for page in (event, review, bought, mine))


@pytest.mark.parametrize("moved", [False, True])
def test_the_page_says_until_when_everything_goes_back(shop: Shop, learner, browser, moved):
    _, mine = buy_seat(shop, learner, days=7)
    if moved:
        Offering.objects.filter(pk=mine.offering_id).update(moved_at=clock.now())
    starts_at = Offering.objects.get().starts_at
    until = starts_at if moved else starts_at - timedelta(days=7)

    page = ask(browser, mine).content.decode()

    assert f"everything back until {formats.date_format(until.astimezone(UTC), 'l j F Y, H:i')}" in page


def test_a_stranger_is_not_asked(shop: Shop, learner, stranger):
    _, mine = buy_seat(shop, learner)

    assert Visitor(stranger).ask("get", f"/my/registrations/{mine.pk}/cancel/").status_code == 404
    assert Visitor(learner).ask("get", f"/my/registrations/{mine.pk}/cancel/").status_code == 200
