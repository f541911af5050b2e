"""Journey: twenty seats under load over HTTP, the waiting list, and a freed seat."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail

from academies.kernel import clock
from commerce.enrolments import actions as enrolments
from commerce.enrolments.models import Registration
from tests.fixtures import catalog_factory
from tests.fixtures.webhook_receiver import wait_until

pytestmark = [pytest.mark.threads, pytest.mark.slow]


def _people(academy, count):
    """Sign up so many people. Returns their programs, in order."""

    def sign_up(number):
        program = academy.program()
        program.sign_up(f"{_name(number)} Visitor")
        return program

    with ThreadPoolExecutor(6) as pool:
        return list(pool.map(sign_up, range(count)))


def _name(number):
    return "Guest" + "".join("abcdefghij"[int(digit)] for digit in f"{number:02}")


def _all_at_once(programs, event):
    gate = threading.Barrier(len(programs))

    def register(program):
        gate.wait(30)
        return program.ask("POST", "/api/v1/registrations/", {"event": event.pk})

    with ThreadPoolExecutor(len(programs)) as pool:
        return list(pool.map(register, programs))


def test_thirty_registrations_at_once_get_twenty_seats_and_ten_places_on_the_waiting_list(academy, worker):
    event = catalog_factory.event("Open kitchen evening", seats=20)
    people = _people(academy, 30)

    responses = _all_at_once(people, event)

    assert [response.status_code for response in responses] == [201] * 30, [
        response.text for response in responses if response.status_code != 201
    ]
    registrations = [response.json() for response in responses]
    assert sum(registration["status"] == "confirmed" for registration in registrations) == 20
    assert sorted(
        registration["waitlist_position"] for registration in registrations if registration["status"] == "waitlisted"
    ) == list(range(1, 11))
    assert Registration.objects.filter(status="confirmed").count() == 20
    page = academy.visitor().get(event.url)
    assert "All 20 seats are taken" in page.words
    assert academy.program().get("/api/v2/events/")["items"][0]["seats_left"] == 0


def test_a_freed_seat_goes_to_the_first_on_the_waiting_list_by_email(academy, worker):
    event = catalog_factory.event("Open kitchen evening", seats=2)
    first, second, third, fourth = _people(academy, 4)
    mine = [item.post("/api/v1/registrations/", {"event": event.pk}) for item in (first, second, third, fourth)]
    assert [item["status"] for item in mine] == ["confirmed", "confirmed", "waitlisted", "waitlisted"]

    first.post(f"/api/v1/registrations/{mine[0]['id']}/cancel/", expect=200)

    wait_until(lambda: third.get("/api/v1/registrations/")["results"][0]["status"] == "confirmed")
    (waiting,) = fourth.get("/api/v1/registrations/")["results"]
    assert (waiting["status"], waiting["waitlist_position"]) == ("waitlisted", 1)
    wait_until(lambda: [email for email in mail.outbox if email.to == [f"{_name(2).lower()}@journeys.example"]
                   and "Open kitchen evening" in email.subject + email.body])  # fmt: skip


def test_nobody_gets_two_seats_and_a_full_date_without_waiting_list_is_sold_out(academy, worker):
    event = catalog_factory.event("Open kitchen evening", seats=1)
    event.offerings.update(waiting_list=False)
    seated, late = _people(academy, 2)

    seated.post("/api/v1/registrations/", {"event": event.pk})
    twice = seated.post("/api/v1/registrations/", {"event": event.pk}, expect=409)
    out = late.post("/api/v1/registrations/", {"event": event.pk}, expect=409)

    assert (twice["code"], out["code"]) == ("already_registered", "sold_out")
    assert "Sold out" in academy.visitor().get(event.url).words


def test_a_seat_that_costs_is_held_and_its_payment_confirms_it(academy, worker, standin):
    event = catalog_factory.event("Croissant workshop", seats=1, price=3500)
    buyer, late = _people(academy, 2)

    held = buyer.post("/api/v1/registrations/", {"event": event.pk})
    waiting = late.post("/api/v1/registrations/", {"event": event.pk})
    assert (held["status"], waiting["status"]) == ("pending", "waitlisted")
    standin.pay(held["payment"]["url"])

    wait_until(lambda: buyer.get("/api/v1/registrations/")["results"][0]["status"] == "confirmed")
    assert late.get("/api/v1/registrations/")["results"][0]["status"] == "waitlisted"
    assert buyer.get("/api/v1/orders/")["results"][0]["status"] == "paid"


def test_a_hold_that_ran_out_passes_the_seat_on(academy, worker, standin):
    event = catalog_factory.event("Croissant workshop", seats=1, price=3500)
    event.offerings.update(hold_minutes=1)
    slow, next_in_line = _people(academy, 2)
    held = slow.post("/api/v1/registrations/", {"event": event.pk})
    next_in_line.post("/api/v1/registrations/", {"event": event.pk})
    ran_out = Registration.objects.get(pk=held["id"]).hold_until

    enrolments.release_holds(now=max(ran_out, clock.now()) + timedelta(seconds=1))

    wait_until(lambda: next_in_line.get("/api/v1/registrations/")["results"][0]["status"] == "pending")
    assert slow.get("/api/v1/registrations/")["results"][0]["status"] not in ("pending", "confirmed")


def test_a_visitor_without_javascript_takes_a_seat_and_gives_it_up(academy, worker):
    event = catalog_factory.event("Open kitchen evening", seats=1)
    event.specific_class.objects.filter(pk=event.pk).update(joining_instructions="Ring the bell twice.")
    academy.person("Lena Learner")
    academy.person("Stan Stranger")
    lena, stan = academy.visitor(), academy.visitor()
    lena.sign_in("lena@journeys.example")
    stan.sign_in("stan@journeys.example")

    seat = lena.get(event.url).fill("/events/register/")
    queue = stan.get(event.url).fill("/events/register/")
    assert "You have a seat" in seat.words
    assert "Ring the bell twice." in seat.words
    assert "You are on the waiting list" in queue.words
    assert "Ring the bell twice." not in queue.text
    question = lena.get(lena.get("/my/").soup.select_one("a[href*='/cancel/']")["href"])
    given_up = question.fill("/cancel/")

    assert "is cancelled" in given_up.soup.get_text()
    wait_until(lambda: "You have a seat" in stan.get(event.url).words)
