"""Checkout pages without JavaScript."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from academies.kernel import clock
from catalog.events.models import EventPage, Venue
from catalog.offerings.models import Offering
from commerce.checkout import actions
from commerce.checkout.models import Order, PaymentAttempt
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Entitlement, Registration
from commerce.plans.models import Coupon, Plan
from tests.fixtures.http_client import Visitor
from tests.fixtures.payment_factory import Shop, hidden_fields, make_workshop
from tests.fixtures.product_factory import a_course, a_plan

PLAN = "/checkout/plan/sourdough/"


@pytest.fixture
def plan(north):
    return a_plan(a_course())


def buttons(response) -> list[str]:
    """What there is to press on a page, but for the chrome's."""
    (main,) = re.findall(r"<main.*</main>", text(response), re.DOTALL)
    return re.findall(r"<button[^>]*>([^<]*)", main)


def give_all_courses(person) -> None:
    enrolments.grant(
        person=person, course_key=None, source="staff:1", starts_at=clock.now(), ends_at=None, now=clock.now()
    )


def text(response) -> str:
    return response.content.decode()


# --- the review page ------------------------------------------------------------------------------------------------
def test_the_review_page_says_what_it_costs_and_the_button_goes_to_the_payment_page(shop: Shop, browser, plan):
    page = browser.get(PLAN)
    response = browser.post(PLAN, hidden_fields(page))

    assert page.status_code == 200
    assert "Pay £49" in text(page)
    attempt = PaymentAttempt.objects.get()
    assert (response.status_code, response["Location"]) == (302, attempt.url)


def test_who_is_not_signed_in_signs_in_first(shop: Shop, plan):
    response = Visitor(None).client.get(PLAN)

    assert (response.status_code, response["Location"]) == (302, f"/account/login/?next={PLAN}")


def test_a_button_pressed_twice_buys_once(shop: Shop, browser, plan):
    sent = hidden_fields(browser.get(PLAN))

    first, second = browser.post(PLAN, sent), browser.post(PLAN, sent)

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_a_form_without_the_token_against_forgery_buys_nothing(shop: Shop, learner, plan):
    from django.test import Client

    client = Client(enforce_csrf_checks=True, headers={"host": "north.localhost"})
    client.force_login(learner)

    assert client.post(PLAN, {"order_id": str(uuid.uuid4()), "expected_minor": 4900}).status_code == 403
    assert not Order.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"order_id": "x", "expected_minor": "y"}, {"order_id": str(uuid.uuid4())}])
def test_a_form_that_lost_its_fields_is_shown_again(shop: Shop, browser, plan, sent):
    response = browser.post(PLAN, sent)

    assert response.status_code == 200
    assert hidden_fields(response)
    assert not Order.objects.exists()


def test_a_coupon_is_applied_on_the_page_and_charged(shop: Shop, browser, plan):
    Coupon.objects.create(code="SPRING", percent=Decimal(10))

    page = browser.post(PLAN, {**hidden_fields(browser.get(PLAN)), "coupon": "spring", "apply": "1"})
    browser.post(PLAN, {**hidden_fields(page), "coupon": "spring"})

    assert "Pay £44.10" in text(page)
    assert Order.objects.get().total_minor == 4410


@pytest.mark.parametrize("pressed", [{"apply": "1"}, {}])
def test_a_wrong_coupon_is_said_beside_its_field(shop: Shop, browser, plan, pressed):
    page = browser.post(PLAN, {**hidden_fields(browser.get(PLAN)), "coupon": "NONE", **pressed})

    assert page.status_code == 409
    assert "There is no such coupon" in text(page)
    assert 'id="coupon_error"' in text(page)
    assert not Order.objects.exists()


def test_a_price_that_changed_is_shown_before_it_is_charged(shop: Shop, browser, plan):
    seen = hidden_fields(browser.get(PLAN))
    Plan.objects.update(price_minor=5900)

    page = browser.post(PLAN, seen)
    response = browser.post(PLAN, hidden_fields(page))

    assert page.status_code == 409
    assert "The price has changed" in text(page)
    assert "Pay £59" in text(page)
    assert response.status_code == 302
    assert Order.objects.get().total_minor == 5900


def test_what_is_free_needs_one_press_and_no_card(north, browser):
    a_plan(a_course(), price_minor=0)

    page = browser.get(PLAN)
    done = browser.post(PLAN, hidden_fields(page), follow=True)

    assert "Nothing will be charged" in text(page)
    assert "Thank you for your order" in text(done)
    assert Entitlement.objects.exists()


def test_who_has_it_is_sent_to_it(shop: Shop, learner, browser, plan):
    order, attempt = shop.buy(learner, plan.slug)
    shop.pay(attempt)
    shop.refresh_payment(order)

    assert browser.get(PLAN)["Location"] == "/my/"
    assert browser.post(PLAN, {"order_id": str(uuid.uuid4()), "expected_minor": 4900})["Location"] == "/my/"


def test_who_was_given_the_course_is_sent_to_begin_it(shop: Shop, learner, browser, plan):
    give_all_courses(learner)

    response = browser.get(PLAN, follow=True)

    assert response.redirect_chain[-1][0] == "/courses/sourdough/"
    assert "already have access to this course" in text(response)
    assert "Start learning" in text(response)


def test_a_plan_that_is_not_there_or_not_for_sale_says_so(shop: Shop, browser, plan):
    assert browser.get("/checkout/plan/nothing/").status_code == 404
    Plan.objects.update(on_sale=False)
    closed = browser.get(PLAN)
    Plan.objects.update(on_sale=True, interval="month")
    monthly, pressed = browser.get(PLAN), browser.post(PLAN, {"order_id": uuid.uuid4(), "expected_minor": 4900})

    assert (closed.status_code, monthly.status_code, pressed.status_code) == (409, 200, 409)
    assert "not on sale" in text(closed)
    assert "can't be bought online yet" in text(monthly)
    assert re.search(r'href="/courses/sourdough/">\s*Back\s*</a>', text(monthly))
    assert not buttons(monthly)


@pytest.mark.usefixtures("impatient")
def test_a_provider_that_is_away_leaves_an_order_to_pay_later(shop: Shop, browser, plan):
    sent = hidden_fields(browser.get(PLAN))
    shop.standin.faults(fail={"times": 3, "status": 500, "path": "/v1/checkout/sessions"})

    page = browser.post(PLAN, sent, follow=True)
    order = Order.objects.get()
    response = browser.get(f"/checkout/orders/{order.pk}/pay/")

    assert "can&#x27;t be reached" in text(page)
    assert "Not paid yet" in text(page)
    assert response["Location"] == PaymentAttempt.objects.get().url


@pytest.mark.usefixtures("impatient")
def test_a_provider_that_is_away_while_an_older_order_is_open_is_said_to_be_away(shop: Shop, browser, plan):
    browser.post(PLAN, hidden_fields(browser.get(PLAN)))
    again = hidden_fields(browser.get(PLAN))
    shop.standin.faults(fail={"times": 3, "status": 500, "path": "/v1/checkout/sessions"})

    page = browser.post(PLAN, again)

    assert page.status_code == 503
    assert "can&#x27;t be reached" in text(page)
    assert Order.objects.count() == 1


# --- seats ----------------------------------------------------------------------------------------------------------
def test_a_seat_is_reviewed_and_bought(shop: Shop, learner, browser):
    offering = make_workshop(seats=1)
    path = f"/checkout/offering/{offering.pk}/"

    page = browser.get(path)
    response = browser.post(path, hidden_fields(page))

    assert "Croissant workshop" in text(page)
    assert "Pay £35" in text(page)
    shop.standin.pay(response["Location"])
    assert shop.refresh_payment(Order.objects.get()).status == "paid"


def test_a_date_is_said_by_the_clock_of_its_venue(shop: Shop, learner, browser):
    offering = make_workshop()
    Offering.objects.update(
        starts_at=datetime(2031, 7, 1, 16, tzinfo=UTC), ends_at=datetime(2031, 7, 1, 18, tzinfo=UTC)
    )
    EventPage.objects.update(venue=Venue.objects.create(name="Halle", slug="halle", time_zone="Asia/Tokyo"))

    page = browser.get(f"/checkout/offering/{offering.pk}/")
    order, _ = shop.buy(learner, offering=offering)

    assert "2 July 2031, 01:00 JST" in text(page)
    assert order.lines.get().title == "Croissant workshop, 02 July 2031, 01:00"


def test_a_full_date_offers_its_waiting_list_and_charges_nothing(shop: Shop, learner, browser, stranger):
    offering = make_workshop(seats=1, waiting_list=True)
    shop.buy(stranger, offering=offering)
    path = f"/checkout/offering/{offering.pk}/"

    page = browser.get(path)
    browser.post(path, {"join": "1"})

    assert 'name="join" value="1"' in text(page)
    assert "Join the waiting list" in text(page)
    assert Registration.objects.get(person=learner).status == Registration.Status.WAITLISTED
    assert Order.objects.count() == 1


def test_who_agreed_to_pay_is_not_put_on_the_waiting_list_when_the_last_seat_goes(shop: Shop, browser, stranger):
    offering = make_workshop(seats=1, waiting_list=True)
    path = f"/checkout/offering/{offering.pk}/"
    seen = hidden_fields(browser.get(path))
    shop.buy(stranger, offering=offering)

    response = browser.post(path, seen)

    assert response.status_code == 409
    assert Registration.objects.count() == 1
    assert "The last seat has just been taken" in text(response)
    assert "Join the waiting list" in text(response)


def test_who_wanted_to_wait_is_not_charged_when_a_seat_comes_free(shop: Shop, learner, browser, stranger):
    offering = make_workshop(seats=1, waiting_list=True)
    path = f"/checkout/offering/{offering.pk}/"
    order, _ = shop.buy(stranger, offering=offering)
    browser.get(path)
    actions.cancel_order(order=order, by=stranger, now=clock.now())

    response = browser.post(path, {"join": "1"})

    assert "Pay £35" in text(response)
    assert not Registration.objects.filter(person=learner).exists()


def test_a_date_nobody_may_know_of_is_a_404(shop: Shop, browser):
    offering = make_workshop()
    offering.page.unpublish()

    assert browser.get(f"/checkout/offering/{offering.pk}/").status_code == 404
    assert browser.get(f"/checkout/offering/{uuid.uuid4()}/").status_code == 404


def test_who_has_a_seat_or_waits_is_not_asked_to_pay_for_it(shop: Shop, learner, browser, stranger):
    offering = make_workshop(seats=1, waiting_list=True)
    path = f"/checkout/offering/{offering.pk}/"
    shop.buy(stranger, offering=offering)
    seen = [browser.post(path, {"join": "1"}, follow=True) for _ in range(2)]

    page = browser.get(path, follow=True)

    assert page.redirect_chain == [("/my/", 302)]
    assert "You are on the waiting list" in text(page)
    assert all("on the waiting list" in text(answer) for answer in seen)
    assert Registration.objects.filter(person=learner).count() == 1


@pytest.mark.parametrize("why", ["closed", "full"])
def test_a_seat_that_cannot_be_had_has_no_button_that_ends_in_a_refusal(shop: Shop, browser, stranger, why):
    ended = clock.now() - timedelta(minutes=1)
    offering = make_workshop(seats=1, **({"closes_at": ended} if why == "closed" else {}))
    if why == "full":
        shop.buy(stranger, offering=offering)

    page = browser.get(f"/checkout/offering/{offering.pk}/", follow=True)

    assert page.redirect_chain == [("/events/croissants/", 302)]
    assert {"closed": "is closed", "full": "seat is taken"}[why] in text(page)
    assert "Pay £35" not in text(page)
