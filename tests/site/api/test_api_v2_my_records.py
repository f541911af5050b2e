"""/api/v2/my/: records of the token's owner only."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from academies.people.models import User
from academies.tenants.context import inside
from catalog.courses.models import CoursePage
from catalog.events.models import EventPage
from catalog.offerings.models import Offering
from commerce.certificates import actions as certificates
from commerce.certificates.models import Certificate
from commerce.checkout import actions as checkout
from commerce.checkout.types import CheckoutRequest, Item
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries
from commerce.enrolments.models import Enrolment
from tests.fixtures import catalog_factory
from tests.fixtures.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db

OWN = ("enrollments", "orders", "certificates", "registrations")


def bearer(who, host="north.localhost"):
    response = Client().post(
        "/api/v1/auth/login/", {"email": who.email, "password": PASSWORD}, "application/json", headers={"host": host}
    )
    assert response.status_code == 200, response.content
    return f"Bearer {response.json()['access_token']}"


def get(path, token="", host="north.localhost", client=None):
    headers = {"host": host, **({"authorization": token} if token else {})}
    return (client or Client()).get(f"/api/v2/{path}", headers=headers)


@pytest.fixture(scope="module")
def module_records(module_db):
    """Lena is enrolled, has a seat, an order of nothing, and a certificate; Stan has a seat."""
    with inside("north"):
        learner, stranger = make_person("Lena Learner", "Learner"), make_person("Stan Stranger", "Learner")
        now = timezone.now()
        course, event = catalog_factory.whole_course(), catalog_factory.event(seats=1)
        catalog_factory.plan(course, price=0)
        checkout.place_order(person=learner, checkout_request=CheckoutRequest([Item(plan="sourdough")]), now=now)
        enrolment = queries.enrolment_of(learner, course.translation_key)
        enrolments.complete(enrolment=enrolment, now=now)
        enrolment.refresh_from_db()
        certificates.issue(enrolment=enrolment, now=now)
        offering = Offering.objects.get(page=event)
        for who in (learner, stranger):
            enrolments.register(person=who, offering=offering, answers={}, now=now + timedelta(seconds=1))


@pytest.fixture
def records(module_records, north):
    return {
        "course": CoursePage.objects.get(), "event": EventPage.objects.get(), "enrolment": Enrolment.objects.get(),
        "certificate": Certificate.objects.get(),
    }  # fmt: skip


@pytest.fixture
def learner(records):
    return User.objects.get(full_name="Lena Learner")


@pytest.fixture
def stranger(records):
    return User.objects.get(full_name="Stan Stranger")


def test_an_enrolment_as_the_contract_says(records, learner):
    (enrolment,) = get("enrollments/", bearer(learner)).json()["items"]

    course = records["course"]
    assert enrolment["id"] == str(records["enrolment"].pk)
    assert {name: enrolment["course"][name] for name in ("id", "title", "slug")} == {
        "id": course.pk, "title": "Sourdough", "slug": "sourdough",
    }  # fmt: skip
    assert (enrolment["status"], enrolment["percent"]) == ("completed", 100)
    assert enrolment["completed_at"].endswith("Z")


def test_a_certificate_as_the_contract_says(records, learner):
    (certificate,) = get("certificates/", bearer(learner)).json()["items"]

    assert certificate["code"] == records["certificate"].code
    assert (certificate["title"], certificate["holder"], certificate["status"]) == (
        "Sourdough",
        "Lena Learner",
        "valid",
    )
    assert certificate["issued_on"] == f"{timezone.now():%Y-%m-%d}"
    assert certificate["html_url"] == f"http://north.localhost:8000/verify/{certificate['code']}/"


def test_a_certificate_that_ran_out_is_expired_wherever_it_is_read(records, learner):
    token = bearer(learner)
    with inside("north"):
        Certificate.objects.update(expires_on="2020-01-01")

    (certificate,) = get("certificates/?status=expired", token).json()["items"]

    assert certificate["status"] == "expired"
    assert get(f"certificates/{certificate['id']}/", token).json()["status"] == "expired"
    assert get("certificates/?status=valid", token).json()["items"] == []


def test_an_order_as_the_contract_says(records, learner):
    (order,) = get("orders/", bearer(learner)).json()["items"]

    nothing = {"amount_minor": 0, "currency": "GBP"}
    assert order["status"] == "paid"
    assert {order[name]["amount_minor"] for name in ("subtotal", "discount", "tax", "total")} == {0}
    assert [(line["title"], line["plan"], line["total"]) for line in order["lines"]] == [
        ("Sourdough", "sourdough", nothing)
    ]
    assert get(f"orders/{order['id']}/", bearer(learner)).json() == order


def test_a_registration_as_the_contract_says(records, learner, stranger):
    (seated,) = get("registrations/", bearer(learner)).json()["items"]
    (waiting,) = get("registrations/", bearer(stranger)).json()["items"]

    assert (seated["status"], seated["waitlist_position"]) == ("confirmed", None)
    assert (waiting["status"], waiting["waitlist_position"]) == ("waitlisted", 1)
    assert seated["event"]["id"] == records["event"].pk
    assert seated["offering"]["starts_at"].endswith("Z")


@pytest.mark.parametrize("name", OWN)
def test_without_a_token_nothing_is_told(records, learner, name):
    signed_in = Client()
    signed_in.force_login(learner)

    for response in (get(f"{name}/"), get(f"{name}/", "Bearer nonsense"), get(f"{name}/", client=signed_in)):
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response["Content-Type"] == "application/problem+json"
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", OWN)
def test_nobody_sees_what_is_anothers(records, learner, owner, name):
    (mine,) = get(f"{name}/", bearer(learner)).json()["items"]

    token = bearer(owner)

    assert get(f"{name}/", token).json() == {"meta": {"total_count": 0}, "items": []}
    assert get(f"{name}/{mine['id']}/", token).status_code == 404
    assert get(f"{name}/find/?id={mine['id']}", token).status_code == 404


@pytest.mark.parametrize("name", OWN)
def test_a_token_of_north_is_nothing_in_south(records, learner, south, name):
    with inside("south"):
        make_person("Lena Learner", "Learner")

    assert get(f"{name}/", bearer(learner), host="south.localhost").status_code == 401


@pytest.mark.parametrize("name", OWN)
def test_own_records_are_kept_by_nobody(records, learner, settings, name):
    settings.PAGE_CACHE_SECONDS = 300
    token = bearer(learner)

    for _ in range(2):
        response = get(f"{name}/", token)
        assert response["Cache-Control"] == "private, no-store"
        assert "X-Cache" not in response
    assert get(f"{name}/").status_code == 401


@pytest.mark.parametrize("query", ["person=1", "search=a", "order=person", "status=%00", "limit=0&offset=-1"])
def test_nothing_else_can_be_asked(records, learner, query):
    assert get(f"enrollments/?{query}", bearer(learner)).status_code == 400


@pytest.mark.parametrize("name", OWN)
def test_a_list_costs_the_same_with_many(records, learner, name, django_assert_max_num_queries):
    token = bearer(learner)
    get(f"{name}/", token)

    with django_assert_max_num_queries(5):
        assert get(f"{name}/", token).status_code == 200
