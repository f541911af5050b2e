"""Registration endpoints: a seat, a place on the waiting list, or a checkout."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.tenants.context import inside
from commerce.checkout.models import Order
from commerce.enrolments import actions
from commerce.enrolments.models import Registration
from tests.fixtures.http_client import Visitor
from tests.fixtures.product_factory import a_date

# The same in every worker: what tests are called must not depend on chance.
NOBODY = "01a1fcd6-0000-7000-8000-000000000000"

REGISTRATIONS = "/api/v1/registrations/"


def register(visitor, date, **body):
    return visitor.ask("post", REGISTRATIONS, {"event": date.page_id, **body})


def soon():
    return clock.now() + timedelta(days=14)


@pytest.fixture
def event_date(north):
    return a_date(seats=1, starts_at=soon())


def test_a_free_date_gives_a_seat(event_date, learner):
    response = register(Visitor(learner), event_date, answers={"diet": "none", "path": r"C:\u0000"})

    payload = response.json()
    assert response.status_code == 201
    assert (payload["status"], payload["waitlist_position"], payload["payment"]) == ("confirmed", None, None)
    assert payload["event"] == {
        "id": event_date.page_id,
        "title": "Open kitchen evening",
        "slug": "open-kitchen-evening",
    }
    assert payload["offering"]["id"] == str(event_date.pk)
    assert payload["joining_instructions"] == "Ring the bell."
    assert Registration.objects.get().answers == {"diet": "none", "path": r"C:\u0000"}


def test_a_full_date_gives_a_place_on_the_waiting_list_and_no_instructions(event_date, learner, stranger):
    register(Visitor(stranger), event_date)

    payload = register(Visitor(learner), event_date).json()

    assert (payload["status"], payload["waitlist_position"]) == ("waitlisted", 1)
    assert payload["joining_instructions"] == ""


@pytest.mark.parametrize("offering_named", [True, False])
def test_a_full_date_without_a_waiting_list_is_sold_out(north, learner, stranger, offering_named):
    event_date = a_date(seats=1, waiting_list=False, starts_at=soon())
    register(Visitor(stranger), event_date)

    response = register(Visitor(learner), event_date, **({"offering": str(event_date.pk)} if offering_named else {}))

    assert (response.status_code, response.json()["code"]) == (409, "sold_out")


def test_twice_is_refused(event_date, learner):
    visitor = Visitor(learner)
    first = register(visitor, event_date).json()

    again = register(visitor, event_date)

    assert (again.status_code, again.json()["code"]) == (409, "already_registered")
    assert again.json()["registration"] == {"id": first["id"], "status": "confirmed"}


def test_a_closed_date_is_refused(north, learner):
    event_date = a_date(starts_at=soon(), closes_at=clock.now() - timedelta(hours=1))

    response = register(Visitor(learner), event_date)

    assert (response.status_code, response.json()["code"]) == (409, "registration_closed")


def test_a_date_that_costs_holds_a_seat_and_opens_a_checkout(shop, learner, stranger):
    workshop = a_date(seats=1, price_minor=3500, starts_at=soon())
    visitor = Visitor(learner)

    response = register(visitor, workshop)

    payload, order = response.json(), Order.objects.get()
    assert (response.status_code, payload["status"]) == (201, "pending")
    assert payload["payment"] == {"provider": "stripe", "url": order.attempts.get().url}
    assert Registration.objects.get().source == f"order:{order.pk}"
    again = register(visitor, workshop)
    assert (again.status_code, again.json()["payment"]["url"]) == (
        409, f"http://north.localhost:8000/checkout/offering/{workshop.pk}/",
    )  # fmt: skip
    assert register(Visitor(stranger), workshop).json()["status"] == "waitlisted"


def test_where_nothing_can_be_paid_no_seat_is_held(north, learner, stranger, settings):
    settings.STRIPE_SECRET_KEY = ""
    event_date = a_date(seats=1, price_minor=3500, starts_at=soon())
    free = a_date(title="Talk", slug="talk", seats=1, starts_at=soon())

    response = register(Visitor(learner), event_date)

    assert (response.status_code, response.json()["code"]) == (409, "payments_not_set_up")
    with inside("north"):
        assert not Registration.objects.exists()
    assert register(Visitor(stranger), free).status_code == 201


def test_paying_confirms_the_seat(shop, learner):
    workshop = a_date(price_minor=3500, starts_at=soon())
    visitor = Visitor(learner)
    mine = register(visitor, workshop).json()

    shop.pay(Order.objects.get().attempts.get())
    shop.deliver_webhooks(3)

    payload = visitor.ask("get", f"{REGISTRATIONS}{mine['id']}/").json()
    assert (payload["status"], payload["payment"], payload["joining_instructions"]) == (
        "confirmed",
        None,
        "Ring the bell.",
    )


def test_giving_up_a_held_seat_ends_its_order_so_that_nobody_pays_for_nothing(shop, learner, stranger):
    workshop = a_date(seats=1, price_minor=3500, starts_at=soon())
    visitor = Visitor(learner)
    mine = register(visitor, workshop).json()

    visitor.ask("post", f"{REGISTRATIONS}{mine['id']}/cancel/")
    outbox.drain()

    assert Order.objects.get().status == "cancelled"
    assert register(Visitor(stranger), workshop).json()["status"] == "pending"


def test_several_open_dates_must_be_chosen_from(north, learner):
    dates = [a_date(title="T", slug="t", starts_at=soon() + timedelta(days=day)) for day in range(2)]
    visitor = Visitor(learner)

    response = register(visitor, dates[0])
    chosen = register(visitor, dates[0], offering=str(dates[1].pk))

    assert (response.status_code, len(response.json()["choices"])) == (400, 2)
    assert "offering" in response.json()["fields"]
    assert chosen.json()["offering"]["id"] == str(dates[1].pk)


def test_the_only_open_date_of_several_is_meant(north, learner):
    dates = [a_date(title="T", slug="t", starts_at=soon() + timedelta(days=day)) for day in (-90, 0, 5)]
    dates[2].opens_at = soon()
    dates[2].save()

    payload = register(Visitor(learner), dates[0]).json()

    assert payload["offering"]["id"] == str(dates[1].pk)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"event": "x"}, {"event": -1}, {"event": None}, {"event": True, "offering": "x"}, {"answers": []},
        {"event": 1, "answers": "x"}, {"event": 1, "answers": {"a": "\0"}}, {"event": 1, "answers": {"a": "x" * 30_000}},
        [], "x", None, 3,
    ],
)  # fmt: skip
def test_what_cant_be_understood_is_a_400(north, learner, body):
    response = Visitor(learner).ask("post", REGISTRATIONS, body or "")

    assert response.status_code == 400
    assert not Registration.objects.exists()


@pytest.mark.parametrize("what", ["unknown", "huge", "draft", "other date", "south"])
def test_what_isnt_here_is_a_404(event_date, learner, what):
    body = {"event": event_date.page_id}
    if what in ("unknown", "huge"):
        body["event"] = 999_999 if what == "unknown" else 10**17
    if what == "other date":
        body["offering"] = str(uuid4())
    if what == "draft":
        event_date.page.unpublish()
    if what == "south":
        with inside("south"):
            body["offering"] = str(a_date(title="Webinar", slug="webinar", starts_at=soon()).pk)

    response = Visitor(learner).ask("post", REGISTRATIONS, body)

    assert response.status_code == 404
    assert not Registration.objects.exists()


def test_giving_up_passes_the_seat_on(event_date, learner, stranger):
    mine = register(Visitor(stranger), event_date).json()
    register(Visitor(learner), event_date)

    response = Visitor(stranger).ask("post", f"{REGISTRATIONS}{mine['id']}/cancel/")

    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    assert Registration.objects.get(person=learner).status == "confirmed"


def test_one_sees_and_ends_ones_own_only(event_date, learner, stranger, owner):
    theirs = actions.register(person=stranger, offering=event_date, now=clock.now())

    for person in (learner, owner):
        visitor = Visitor(person)
        assert visitor.ask("get", REGISTRATIONS).json()["count"] == 0
        assert visitor.ask("get", f"{REGISTRATIONS}{theirs.pk}/").status_code == 404
        assert visitor.ask("post", f"{REGISTRATIONS}{theirs.pk}/cancel/").status_code == 404
    assert Visitor(stranger).ask("get", f"{REGISTRATIONS}{theirs.pk}/").json()["id"] == str(theirs.pk)
    assert Registration.objects.get().status == "confirmed"


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("post", ""), ("get", f"{NOBODY}/"), ("post", f"{NOBODY}/cancel/")],
)
def test_who_isnt_signed_in_is_turned_away(north, method, path):
    assert Visitor().ask(method, REGISTRATIONS + path).status_code == 401


@pytest.mark.parametrize("pk", ["x", "0", "'", "018f"])
def test_a_name_that_is_no_id_is_a_404(north, learner, pk):
    assert Visitor(learner).ask("get", f"{REGISTRATIONS}{pk}/").status_code == 404


@pytest.mark.parametrize("number", [1, 6])
def test_a_list_costs_the_same_however_long(north, learner, stranger, number, django_assert_max_num_queries):
    for _ in range(number):
        actions.register(person=learner, offering=a_date(seats=0, starts_at=soon()), now=clock.now())
    visitor = Visitor(learner)
    visitor.ask("get", REGISTRATIONS)

    # The session, the person, the count, the list.
    with django_assert_max_num_queries(4):
        response = visitor.client.get(REGISTRATIONS)

    assert [registration["waitlist_position"] for registration in response.json()["results"]] == [1] * number


# --- pages ----------------------------------------------------------------------------------------------------------
def register_at(offering) -> str:
    return f"/events/register/{offering.pk}/"


def test_a_button_gives_a_seat_and_says_so(event_date, learner):
    response = Visitor(learner).ask("post", register_at(event_date))

    assert (response.status_code, response.url) == (302, "/events/open-kitchen-evening/")
    assert Registration.objects.get(person=learner).status == "confirmed"


def test_a_button_leads_to_the_checkout_where_it_costs_and_to_the_waiting_list_when_full(north, learner, stranger):
    workshop = a_date(seats=1, price_minor=3500, starts_at=soon())

    first = Visitor(learner).ask("post", register_at(workshop))
    actions.hold_seat(person=learner, offering=workshop, hold_until=soon(), source="order:1", now=clock.now())
    second = Visitor(stranger).ask("post", register_at(workshop))
    mine = Visitor(learner).ask("post", register_at(workshop))

    assert first.url == mine.url == f"/checkout/offering/{workshop.pk}/"
    assert second.url == "/events/open-kitchen-evening/"
    assert Registration.objects.get(person=stranger).status == "waitlisted"


def test_a_button_asks_who_isnt_signed_in_to_sign_in_and_come_back(event_date):
    response = Visitor().ask("post", register_at(event_date))

    assert response.url == "/account/login/?next=/events/open-kitchen-evening/"


def test_a_button_pressed_twice_is_told(event_date, learner):
    visitor = Visitor(learner)
    visitor.ask("post", register_at(event_date))

    response = visitor.ask("post", register_at(event_date))

    assert response.status_code == 409
    assert "You already have a seat at this date." in response.content.decode()


def test_a_button_is_no_link_and_needs_its_token(event_date, learner):
    careful = Client(headers={"host": "north.localhost"}, enforce_csrf_checks=True)
    careful.force_login(learner)
    mine = actions.register(person=learner, offering=event_date, now=clock.now())

    assert careful.get(f"/events/register/{event_date.pk}/").status_code == 405
    for path in (f"/events/register/{event_date.pk}/", f"/my/registrations/{mine.pk}/cancel/"):
        assert careful.post(path).status_code == 403


def test_a_button_gives_up_ones_own_seat_and_nobody_elses(event_date, learner, stranger):
    mine = actions.register(person=learner, offering=event_date, now=clock.now())
    path = f"/my/registrations/{mine.pk}/cancel/"

    theirs, response = (
        Visitor(somebody).client.post(path, {"expected_minor": "0"}) for somebody in (stranger, learner)
    )

    assert theirs.status_code == 404
    assert (response.status_code, response.url) == (302, "/my/")
    assert Registration.objects.get().status == "cancelled"
