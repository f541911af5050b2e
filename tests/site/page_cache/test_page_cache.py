"""Page cache: repeats responses for strangers, invalidated by changes, separate for each academy."""

import pytest
from django.test import Client
from django.utils import timezone

from academies.tenants import cache_version
from academies.tenants.context import inside
from catalog.courses.models import CoursePage
from catalog.offerings.models import Offering
from commerce.enrolments import actions as enrolments
from commerce.plans.models import Plan
from lyceum.page_cache import store
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def page_cache(settings):
    settings.PAGE_CACHE_SECONDS = 300
    store.forget()
    cache_version.forget()
    yield
    store.forget()
    cache_version.forget()


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def get(path, *, host="north.localhost", client=None, **headers):
    return (client or Client()).get(path, headers={"host": host, **headers})


def test_the_second_stranger_gets_the_same_answer_for_nothing(north, django_assert_num_queries):
    catalog_factory.whole_course()
    first = get("/courses/sourdough/")

    with django_assert_num_queries(0):
        second = get("/courses/sourdough/")

    assert (first["X-Cache"], second["X-Cache"]) == ("miss", "hit")
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]
    assert "Set-Cookie" not in second
    assert second["X-Request-ID"] != first["X-Request-ID"]


@pytest.mark.parametrize(
    "path",
    ["/", "/courses/", "/courses/?q=rye&level=beginner", "/courses/free/", "/courses/sourdough/begin/flour/", "/events/",
     "/events/open-kitchen/", "/api/v2/pages/", "/api/v2/events/", "/sitemap.xml", "/llms.txt"],
)  # fmt: skip
def test_no_public_page_holds_what_is_one_visitors(north, path):
    catalog_factory.plan(catalog_factory.whole_course())
    catalog_factory.plan(catalog_factory.course("Free"), title="Free", price=0)
    catalog_factory.event()

    assert [get(path).get("X-Cache") for _ in range(2)] == ["miss", "hit"]


def test_a_new_process_starts_with_what_others_made(north):
    catalog_factory.whole_course()
    get("/courses/sourdough/")
    store.forget()

    assert get("/courses/sourdough/")["X-Cache"] == "hit"


@pytest.mark.parametrize("path", ["/courses/sourdough/", "/api/v2/courses/"])
def test_what_has_not_changed_is_not_sent_again(north, path):
    catalog_factory.whole_course()
    etag = get(path)["ETag"]

    again = get(path, if_none_match=etag)

    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == etag
    assert get(path, if_none_match='"another"').status_code == 200


def test_head_has_no_body(north):
    catalog_factory.whole_course()
    whole = get("/courses/sourdough/")

    head = Client().head("/courses/sourdough/", headers={"host": "north.localhost"})

    assert (head.status_code, head.content, head["ETag"]) == (200, b"", whole["ETag"])
    assert head["Content-Length"] == str(len(whole.content))


def test_whoever_is_signed_in_gets_their_own_page(north, learner):
    catalog_factory.whole_course()
    get("/courses/sourdough/")
    client = Client()
    client.force_login(learner)

    own = get("/courses/sourdough/", client=client)

    assert "X-Cache" not in own
    assert own["Cache-Control"] == "private, no-cache"


def test_north_and_south_never_share_an_answer(north, south):
    for schema in ("north", "south"):
        with inside(schema):
            catalog_factory.whole_course(summary=f"A course of {schema}.")

    for path in ("/courses/sourdough/", "/api/v2/courses/", "/api/v2/pages/", "/sitemap.xml"):
        for host, other in (("north", "south"), ("south", "north"), ("north", "south")):
            response = get(path, host=f"{host}.localhost")
            assert f"{other}.localhost" not in response.content.decode()
            assert f"A course of {other}" not in response.content.decode()


def test_publishing_makes_it_stale(north, commits):
    course = catalog_factory.whole_course()
    get("/courses/sourdough/")

    with commits():
        course.title = "Rye"
        course.save_revision().publish()

    response = get("/courses/sourdough/")
    assert response["X-Cache"] == "miss"
    assert "Rye" in response.content.decode()


def test_a_draft_does_not(north, commits):
    course = catalog_factory.whole_course()
    get("/courses/sourdough/")

    with commits():
        course.title = "Rye"
        course.save_revision()

    assert get("/courses/sourdough/")["X-Cache"] == "hit"


def test_a_page_taken_back_is_gone_at_once(north, commits):
    course = catalog_factory.whole_course()
    get("/courses/sourdough/")

    with commits():
        course.unpublish()

    assert get("/courses/sourdough/").status_code == 404
    assert get("/api/v2/courses/").json()["meta"]["total_count"] == 0


def test_a_price_is_true_at_that_second(north, commits):
    plan = catalog_factory.plan(catalog_factory.whole_course(), price=4900)
    assert "£49" in get("/courses/sourdough/").content.decode()
    assert get("/api/v2/courses/").json()["items"][0]["price"]["amount_minor"] == 4900

    with commits():
        Plan.objects.get(pk=plan.pk).delete()
        catalog_factory.plan(CoursePage.objects.get(), price=5900)

    assert "£59" in get("/courses/sourdough/").content.decode()
    assert get("/api/v2/courses/").json()["items"][0]["price"]["amount_minor"] == 5900


def test_a_seat_taken_is_seen_at_once(north, learner, commits):
    event = catalog_factory.event(seats=20)
    offering = Offering.objects.get(page=event)
    assert get("/api/v2/events/").json()["items"][0]["seats_left"] == 20
    assert "20 of 20 left" in get("/events/open-kitchen/").content.decode()

    with commits():
        enrolments.register(person=learner, offering=offering, answers={}, now=timezone.now())

    assert get("/api/v2/events/").json()["items"][0]["seats_left"] == 19
    assert "19 of 20 left" in get("/events/open-kitchen/").content.decode()


def test_an_answer_that_changes_by_itself_is_kept_no_longer(north, time_machine):
    event = catalog_factory.event(days=1)
    ends = Offering.objects.get(page=event).registration_ends_at
    assert get("/api/v2/events/").json()["items"][0]["registration"] == "open"

    time_machine.move_to(ends)

    assert get("/api/v2/events/").json()["items"][0]["registration"] == "closed"


@pytest.mark.parametrize("seconds", [0, 300], ids=["nothing is kept", "answers are kept"])
def test_public_reads_do_not_look_who_asks(north, learner, settings, seconds):
    settings.PAGE_CACHE_SECONDS = seconds
    catalog_factory.whole_course()
    client = Client()
    client.force_login(learner)
    for path in ("/api/v2/courses/", "/api/v2/pages/", "/api/v2/events/", "/api/v2/plans/"):
        strangers = get(path)

        own = get(path, client=client)
        with_token = get(path, authorization="Bearer nonsense")

        assert strangers.status_code == 200
        assert strangers.content == own.content == with_token.content
        assert "Set-Cookie" not in own
        assert "public" in own["Cache-Control"]


def test_languages_and_forms_of_the_api_are_kept_apart(north):
    catalog_factory.whole_course()
    get("/api/v2/courses/")

    envelope = get("/api/v2/courses/", accept="application/vnd.lyceum.envelope+json")
    spanish = get("/api/v2/courses/", accept_language="es")
    english = get("/api/v2/courses/", accept_language="en")

    assert envelope.json()["status"] == "success"
    assert get("/api/v2/courses/").json()["meta"]["total_count"] == 1
    assert (spanish["Content-Language"], english["Content-Language"]) == ("es", "en")


def test_a_page_of_somebody_signed_in_is_theirs_however_the_cookie_is_spelled(north, learner):
    catalog_factory.whole_course()
    client = Client()
    client.force_login(learner)
    key = client.cookies["sessionid"].value

    for spelled in ("sessionid={}", "sessionid ={}", "a;\tsessionid={}", 'sessionid="{}"', "\u3000sessionid={}"):
        # A server hands headers over byte for byte.
        cookie = spelled.format(key).encode().decode("latin-1")
        own = Client().get("/courses/sourdough/", headers={"host": "north.localhost"}, HTTP_COOKIE=cookie)
        assert "My learning" in own.content.decode()
        assert (own["Cache-Control"], own.get("X-Cache")) == ("private, no-cache", None)

    theirs = get("/courses/sourdough/")
    assert theirs["X-Cache"] == "miss"
    assert "My learning" not in theirs.content.decode()


def test_a_cookie_that_counts_visits_is_hidden_from_what_is_made(north):
    catalog_factory.whole_course()
    client = Client()
    client.cookies["_ga"] = "GA1.2.3"

    assert get("/courses/sourdough/", client=client)["X-Cache"] == "miss"
    assert get("/courses/sourdough/")["X-Cache"] == "hit"


def test_who_has_a_forms_cookie_adds_nothing_and_gets_what_is_kept(north):
    catalog_factory.whole_course()
    client = Client()
    client.cookies["csrftoken"] = "x" * 32

    assert "X-Cache" not in get("/courses/sourdough/", client=client)
    assert get("/courses/sourdough/")["X-Cache"] == "miss"
    assert get("/courses/sourdough/", client=client)["X-Cache"] == "hit"


def test_whoever_is_signed_in_adds_nothing_to_what_is_kept(north, learner):
    catalog_factory.whole_course()
    client = Client()
    client.force_login(learner)

    get("/api/v2/courses/", client=client)
    get("/api/v2/courses/", authorization="Bearer nonsense")

    assert get("/api/v2/courses/")["X-Cache"] == "miss"
    assert get("/api/v2/courses/", client=client)["X-Cache"] == "hit"


def test_of_a_name_that_is_asked_twice_the_last_counts(north):
    for title in ("Rye", "Wheat", "Oats"):
        catalog_factory.course(title)

    payload = get("/api/v2/courses/?limit=3&limit=1").json()
    three = get("/api/v2/courses/?limit=1&limit=3").json()

    assert (len(payload["items"]), len(three["items"])) == (1, 3)


def test_a_page_with_a_form_is_never_kept(north):
    for _ in range(2):
        response = get("/account/login/")

    assert response.status_code == 200
    assert "X-Cache" not in response


def test_no_cookie_chooses_a_language(north):
    catalog_factory.whole_course()

    responses = [
        get("/courses/sourdough/", cookie=cookie) for cookie in ("", "django_language=es", "django_language =es")
    ]

    assert [response["X-Cache"] for response in responses] == ["miss", "hit", "hit"]
    assert {response["Content-Language"] for response in responses} == {"en"}


@pytest.mark.parametrize("name", ["sessionid", "sessionid ", " sessionid\t"])
def test_a_learner_s_page_is_kept_for_nobody(learner, name):
    catalog_factory.whole_course()
    client = Client()
    client.force_login(learner)
    session = client.cookies["sessionid"].value

    assert get("/courses/sourdough/", cookie=f"{name}={session}").get("X-Cache") is None
    assert get("/courses/sourdough/")["X-Cache"] == "miss"


def test_what_is_asked_twice_is_answered_in_the_order_asked(north):
    catalog_factory.whole_course()
    catalog_factory.course("Rye")

    lists = [get(f"/api/v2/courses/?{query}").json() for query in ("limit=1&limit=5", "limit=5&limit=1")]

    assert [len(payload["items"]) for payload in lists] == [2, 1]
