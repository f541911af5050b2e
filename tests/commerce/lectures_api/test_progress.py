"""Lectures API: progress reports."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academies.tenants.context import inside
from commerce.learning.models import Progress
from tests.commerce.lectures_api.requests import API, post
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for
from tests.fixtures.lesson_factory import TEXT, VIDEO

pytestmark = pytest.mark.django_db


def test_the_example_of_the_contract_is_taken(learner, enrolment, lessons):
    body = {"watched": [[0, 30], [45, 60]], "position_seconds": 60}

    response = post(client_for(learner), f"/lectures/{lessons[1].pk}/progress/", body)

    assert response.status_code == 200
    assert response.json() == {
        "percent": 7,
        "completed": False,
        "position_seconds": 60,
        "course_percent": 0,
        "course_completed": False,
    }


def test_viewing_completes_a_text(learner, enrolment, lessons):
    response = post(client_for(learner), f"/lectures/{lessons[0].pk}/progress/", {"viewed": True})

    assert response.json() == {
        "percent": 100,
        "completed": True,
        "position_seconds": 0,
        "course_percent": 25,
        "course_completed": False,
    }


def test_progress_is_never_lowered(learner, enrolment, lessons):
    browser, path = client_for(learner), f"/lectures/{lessons[1].pk}/progress/"
    post(browser, path, {"watched": [[0, 42]], "position_seconds": 42})

    response = post(browser, path, {"watched": [[0, 1]], "position_seconds": 1}, method="put")

    assert response.json() == {
        "percent": 7,
        "completed": False,
        "position_seconds": 1,
        "course_percent": 0,
        "course_completed": False,
    }
    assert browser.get(API + path).json() == response.json()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"viewed": False},
        {"viewed": "yes"},
        {"viewed": True, "watched": [[0, 1]]},
        {"watched": None},
        {"watched": "0-30"},
        {"watched": {}},
        {"watched": [[30, 0]]},
        {"watched": [[-1, 3]]},
        {"watched": [["0", "3"]]},
        {"watched": [[0, 1e300]]},
        {"watched": [[0, 1]] * 2000},
        {"watched": [[0, 1]], "position_seconds": -1},
        {"watched": [[0, 1]], "position_seconds": "x"},
        {"watched": [[0, 1]], "position_seconds": [1]},
        {"watched": [[0, 1]], "position_seconds": 1e300},
    ],
    ids=lambda body: str(body)[:40],
)
def test_junk_is_a_bad_request(learner, enrolment, lessons, body):
    response = post(client_for(learner), f"/lectures/{lessons[1].pk}/progress/", body)

    assert response.status_code == 400
    assert response.json()["code"] in ("invalid", "not_this_way")


@pytest.mark.parametrize("raw", ['{"watched": [[0, NaN]]}', "[", "", '"x"', '{"watched": [[0, 1e999]]}', "[" * 5000])
def test_what_is_no_json_is_a_bad_request(learner, enrolment, lessons, raw):
    path = f"{API}/lectures/{lessons[1].pk}/progress/"

    response = client_for(learner).post(path, raw, content_type="application/json")

    assert response.status_code == 400


def test_a_million_ranges_are_a_bad_request(learner, enrolment, lessons):
    body = {"watched": [[0, 1]] * 10**6}

    assert post(client_for(learner), f"/lectures/{lessons[1].pk}/progress/", body).status_code == 400


@pytest.mark.parametrize(("kind", "body"), [(0, {"watched": [[0, 9]]}), (1, {"viewed": True}), (2, {"viewed": True})])
def test_each_kind_is_completed_in_its_own_way(learner, enrolment, lessons, kind, body):
    response = post(client_for(learner), f"/lectures/{lessons[kind].pk}/progress/", body)

    assert (response.status_code, response.json()["code"]) == (400, "not_this_way")


@pytest.mark.parametrize(("who", "status"), [("stranger", 403), ("editor", 403), (None, 401)])
def test_progress_is_recorded_for_the_enrolled_only(request, enrolment, lessons, who, status):
    browser = client_for(request.getfixturevalue(who) if who else None)

    response = post(browser, f"/lectures/{lessons[0].pk}/progress/", {"viewed": True})

    assert response.status_code == status
    with inside("north"):
        assert not Progress.objects.exists()


def work(captured):
    """The queries that do something: no savepoints, no search path."""
    return [query["sql"] for query in captured if not re.match("SAVEPOINT|RELEASE|SET |BEGIN|COMMIT", query["sql"])]


@pytest.mark.parametrize("count", [10, 200])
def test_a_report_costs_the_same_in_a_long_course(learner, count):
    page = lesson_factory.course(lessons=[VIDEO, *[TEXT] * (count - 1)], sections=5)
    lesson_factory.enrolled(learner, page)
    video, text, *_ = lesson_factory.lessons_of(page)
    browser = client_for(learner)
    browser.get(f"{API}/enrollments/")
    reports = [(video, {"watched": [[0, 9]]}), (video, {"watched": [[9, 19]]}), (text, {"viewed": True})]
    spent = []

    for lesson, body in reports:
        with CaptureQueriesContext(connection) as captured:
            post(browser, f"/lectures/{lesson.pk}/progress/", body)
        spent.append(work(captured.captured_queries))

    # Two of each are the session and its person; a Bearer token needs one. The first of two hundred is 0 %.
    assert [len(queries) for queries in spent] == [6, 4, 8 if count == 10 else 7]


def test_one_reads_how_far_one_is_in_a_course(learner, stranger, enrolment, lessons):
    browser = client_for(learner)
    post(browser, f"/lectures/{lessons[0].pk}/progress/", {"viewed": True})

    mine = browser.get(f"{API}/enrollments/{enrolment.pk}/progress/")
    theirs = client_for(stranger).get(f"{API}/enrollments/{enrolment.pk}/progress/")

    assert (mine.json()["percent"], mine.json()["completed"]) == (25, False)
    assert [(lecture["lecture"], lecture["completed"]) for lecture in mine.json()["lectures"]] == [
        (lessons[0].pk, True)
    ]
    assert theirs.status_code == 404
