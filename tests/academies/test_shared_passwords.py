"""Passwords of private pages and collections: rate limits on guessing."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from academies.tenants.context import inside
from tests.fixtures.product_factory import a_course

ELSEWHERE = "198.51.100.{}"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.RATES = {"sign_in": {"known": "9/min", "address": "2/min,4/h", "account": "4/min,8/h"}}
    # A window must not end between two requests.
    with time_machine.travel("2026-11-21 10:00:10Z", tick=False) as travel:
        yield travel


@pytest.fixture(params=["page", "collection"])
def form(request, north) -> str:
    """The address of a form that takes the password "knead"."""
    if request.param == "page":
        page = a_course()
        lock = PageViewRestriction.objects.create(page=page, restriction_type="password", password="knead")
        return f"/_util/authenticate_with_password/{lock.pk}/{page.pk}/"
    files = Collection.get_first_root_node().add_child(name="For the class")
    lock = CollectionViewRestriction.objects.create(collection=files, restriction_type="password", password="knead")
    return f"/documents/authenticate_with_password/{lock.pk}/"


def enter(form, password="knead", number=1, client=None):
    client = client or Client(headers={"host": "north.localhost"})
    form_data = {"password": password, "return_url": "/courses/"}
    return client.post(form, form_data, REMOTE_ADDR=ELSEWHERE.format(number))


def test_the_right_password_opens_it_as_often_as_it_is_entered(form):
    assert {enter(form).status_code for _ in range(12)} == {302}


def test_guesses_from_one_address_are_stopped_and_the_minute_ends(form, limits):
    tries = [enter(form, "wrong").status_code for _ in range(2)]
    stopped = enter(form)

    assert tries == [200, 200]
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "50")
    assert "Too many wrong passwords" in stopped.content.decode()
    assert enter(form, number=2).status_code == 302
    limits.shift(timedelta(seconds=50))
    assert enter(form).status_code == 302


def test_guesses_from_many_addresses_are_stopped(form):
    tries = [enter(form, "wrong", number).status_code for number in range(1, 6)]

    assert tries == [200, 200, 200, 200, 429]


def test_each_lock_counts_for_itself(form, north):
    for _ in range(3):
        enter(form, "wrong")
    with inside("north"):
        page = a_course(title="Rye", slug="rye")
        lock = PageViewRestriction.objects.create(page=page, restriction_type="password", password="knead")

    assert enter(f"/_util/authenticate_with_password/{lock.pk}/{page.pk}/").status_code == 302


def test_looking_at_the_form_counts_nothing(form):
    client = Client(headers={"host": "north.localhost"})

    assert {client.get(form, REMOTE_ADDR=ELSEWHERE.format(1)).status_code for _ in range(9)} == {200}
    assert enter(form).status_code == 302
