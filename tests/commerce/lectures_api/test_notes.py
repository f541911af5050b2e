"""Lectures API: notes and bookmarks."""

import json

import pytest

from academies.tenants.context import inside
from commerce.learning.models import Bookmark, Note
from tests.commerce.lectures_api.requests import API, post
from tests.fixtures.http_client import client_for

pytestmark = pytest.mark.django_db


BODIES = {
    "notes": ({"text": "Wet hands!", "timestamp_seconds": 42}, {"text": "Wet hands and bench."}),
    "bookmarks": ({"title": "The fold", "timestamp_seconds": 180}, {"title": "The second fold"}),
}


@pytest.mark.parametrize("kind", BODIES)
def test_one_keeps_changes_and_forgets(learner, enrolment, lessons, kind):
    browser, (body, change) = client_for(learner), BODIES[kind]

    created = post(browser, f"/lectures/{lessons[1].pk}/{kind}/", body)
    path = f"/{kind}/{created.json()['id']}/"
    changed = post(browser, path, change, method="patch")
    listed = browser.get(f"{API}/enrollments/{enrolment.pk}/{kind}/").json()
    beside = browser.get(f"{API}/lectures/{lessons[1].pk}/{kind}/").json()
    forgotten = browser.delete(API + path)

    assert created.status_code == 201
    assert {**body, "lecture": lessons[1].pk}.items() <= created.json().items()
    assert {**body, **change}.items() <= changed.json().items()
    assert listed["results"] == beside["results"] == [changed.json()] == [json_of(changed)]
    assert forgotten.status_code == 204
    assert browser.get(API + path).status_code == 404


def json_of(response):
    return json.loads(response.content)


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("owner", 404), (None, 401)])
def test_what_one_keeps_is_ones_own(request, learner, enrolment, lessons, kind, who, status):
    path = (
        f"/{kind}/"
        + post(client_for(learner), f"/lectures/{lessons[1].pk}/{kind}/", BODIES[kind][0]).json()["id"]
        + "/"
    )
    with inside("north"):
        browser = client_for(request.getfixturevalue(who) if who else None)

    responses = [
        browser.get(API + path),
        post(browser, path, BODIES[kind][1], method="put"),
        browser.delete(API + path),
    ]
    responses.append(browser.get(f"{API}/enrollments/{enrolment.pk}/{kind}/"))

    assert {response.status_code for response in responses} == {status}
    with inside("north"):
        assert Note.objects.count() + Bookmark.objects.count() == 1


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(("who", "status"), [("stranger", 403), (None, 401)])
def test_only_the_enrolled_keep_anything(request, enrolment, lessons, kind, who, status):
    browser = client_for(request.getfixturevalue(who) if who else None)

    responses = [browser.get(f"{API}/lectures/{lessons[1].pk}/{kind}/")]
    responses.append(post(browser, f"/lectures/{lessons[1].pk}/{kind}/", BODIES[kind][0]))

    assert {response.status_code for response in responses} == {status}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("notes", {}),
        ("notes", {"text": ""}),
        ("notes", {"text": "x" * 10_001}),
        ("notes", {"text": "a\0b"}),
        ("notes", {"text": "x", "timestamp_seconds": -1}),
        ("notes", {"text": "x", "timestamp_seconds": 10**12}),
        ("bookmarks", {"title": "x" * 121}),
        ("bookmarks", {"timestamp_seconds": "soon"}),
    ],
)
def test_what_can_not_be_kept_is_a_bad_request(learner, enrolment, lessons, kind, body):
    assert post(client_for(learner), f"/lectures/{lessons[1].pk}/{kind}/", body).status_code == 400


def test_a_moment_is_marked_once(learner, enrolment, lessons):
    browser, path = client_for(learner), f"/lectures/{lessons[1].pk}/bookmarks/"
    first = post(browser, path, {"title": "The fold", "timestamp_seconds": 180})
    other = post(browser, path, {"timestamp_seconds": 200}).json()["id"]

    again = post(browser, path, {"title": "A better name", "timestamp_seconds": 180})
    moved = post(browser, f"/bookmarks/{other}/", {"timestamp_seconds": 180}, method="put")

    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert (moved.status_code, moved.json()["code"]) == (409, "already_bookmarked")
