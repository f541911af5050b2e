"""Lectures API: who reads which lesson."""

from datetime import timedelta

import pytest
from wagtail.models import PageViewRestriction

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.enrolments.models import Entitlement
from commerce.learning.models import Progress
from tests.commerce.lectures_api.requests import API, post
from tests.fixtures.http_client import client_for

pytestmark = pytest.mark.django_db


def test_anybody_may_know_what_there_is_to_learn(page):
    sections = client_for().get(f"{API}/courses/{page.pk}/sections/").json()
    lectures = client_for().get(f"{API}/sections/{sections['results'][0]['id']}/lectures/").json()

    assert (sections["count"], sections["results"][0]["lecture_count"]) == (2, 2)
    assert [(lecture["kind"], lecture["free_preview"]) for lecture in lectures["results"]] == [
        ("text", True),
        ("video", False),
    ]
    assert not any("body" in lecture for lecture in lectures["results"])


def test_a_course_that_is_no_longer_published_has_no_sections(page, lessons):
    section = lessons[0].get_parent().pk
    page.unpublish()

    assert client_for().get(f"{API}/courses/{page.pk}/sections/").status_code == 404
    assert client_for().get(f"{API}/sections/{section}/lectures/").status_code == 404


@pytest.mark.parametrize("levels", [1, 2], ids=["section", "course"])
def test_a_lesson_below_what_is_not_published_is_there_for_editors_only(
    learner, editor, enrolment, page, lessons, levels
):
    lesson = lessons[0]
    browsers = {"anybody": client_for(), "enrolled": client_for(learner), "editor": client_for(editor)}
    paths = [f"{API}/lectures/{lesson.pk}/", lesson.url]

    def answers():
        return {name: [browser.get(path).status_code for path in paths] for name, browser in browsers.items()}

    before = answers()
    with inside("north"):
        (lesson.get_parent() if levels == 1 else page).specific.unpublish()
    after = answers()

    assert before == {name: [200, 200] for name in browsers}
    assert after == {"anybody": [404, 404], "enrolled": [404, 404], "editor": [200, 200]}
    progress = f"/lectures/{lesson.pk}/progress/"
    assert post(browsers["enrolled"], progress, {"viewed": True}).status_code == 404


def test_a_free_preview_of_a_private_course_asks_what_its_page_asks(page, lessons):
    browser = client_for()
    before = browser.get(f"{API}/lectures/{lessons[0].pk}/").status_code

    with inside("north"):
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert (before, browser.get(f"{API}/lectures/{lessons[0].pk}/").status_code) == (200, 401)


@pytest.mark.parametrize("path", ["/courses/%d/sections/", "/sections/%d/lectures/", "/lectures/%d/"])
@pytest.mark.parametrize("pk", [999_999, 10**30, 1])
def test_what_is_not_here_is_not_found(learner, path, pk):
    assert client_for().get(API + path % pk).status_code == 404
    assert client_for(learner).get(API + path % pk).status_code == 404


def test_the_enrolled_read_a_body_by_its_kind(learner, enrolment, lessons):
    browser = client_for(learner)

    text, video, quiz, _ = (browser.get(f"{API}/lectures/{lesson.pk}/").json() for lesson in lessons)

    assert "Feed it" in text["body"]["html"]
    assert video["body"]["duration_seconds"] == 600
    assert (quiz["quiz_id"], quiz["body"]["question_count"]) == (lessons[2].pk, 4)
    assert text["progress"] == {
        "percent": 0,
        "completed": False,
        "position_seconds": 0,
        "course_percent": 0,
        "course_completed": False,
    }


def test_reading_begins_a_lesson_for_the_enrolled_only(learner, stranger, editor, enrolment, lessons):
    for person in (learner, stranger, editor, None):
        client_for(person).get(f"{API}/lectures/{lessons[0].pk}/")

    with inside("north"):
        assert [begun.enrolment_id for begun in Progress.objects.all()] == [enrolment.pk]


@pytest.mark.parametrize(
    ("who", "free", "locked"),
    [("learner", 200, 200), ("editor", 200, 200), ("teacher", 200, 200), ("stranger", 200, 403), (None, 200, 401)],
)
def test_a_body_is_for_those_who_may_attend(request, enrolment, lessons, who, free, locked):
    browser = client_for(request.getfixturevalue(who) if who else None)

    responses = [browser.get(f"{API}/lectures/{lesson.pk}/") for lesson in lessons[:2]]

    assert [response.status_code for response in responses] == [free, locked]
    if locked != 200:
        assert "fold.mp4" not in responses[1].content.decode()
    if locked == 403:
        assert responses[1].json()["code"] == "not_enrolled"
    if locked == 401:
        assert responses[1].json()["code"] == "not_authenticated"
        assert "Sign in and enrol" in responses[1].json()["detail"]


def test_access_that_has_ended_opens_nothing(learner, enrolment, lessons):
    Entitlement.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    browser = client_for(learner)

    read = browser.get(f"{API}/lectures/{lessons[1].pk}/")
    reported = post(browser, f"/lectures/{lessons[1].pk}/progress/", {"watched": [[0, 9]]})

    assert (read.status_code, reported.status_code) == (403, 403)


def test_another_academy_has_no_such_lecture(learner, enrolment, lessons, south):
    browser = client_for(host="south.localhost")

    assert browser.get(f"{API}/lectures/{lessons[0].pk}/").status_code == 404
    assert post(browser, f"/lectures/{lessons[0].pk}/progress/", {"viewed": True}).status_code == 401


def test_a_lecture_that_is_not_published_is_not_there(learner, enrolment, lessons):
    lessons[0].unpublish()

    assert client_for(learner).get(f"{API}/lectures/{lessons[0].pk}/").status_code == 404
