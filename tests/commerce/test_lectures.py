"""Lectures API: lessons, progress, quizzes, notes."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.tenants.context import inside
from catalog.courses.models import CoursePage
from commerce.enrolments.models import Enrolment, Entitlement
from commerce.learning.models import Bookmark, Note, Progress
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for
from tests.fixtures.lesson_factory import TEXT, VIDEO

pytestmark = pytest.mark.django_db
API = "/api/v1"


def post(browser, path, body=None, method="post"):
    return getattr(browser, method)(API + path, json.dumps(body or {}), content_type="application/json")


@pytest.fixture(scope="module")
def module_page(module_db):
    with inside("north"):
        course = lesson_factory.course(lessons=[TEXT, VIDEO, lesson_factory.quiz(), TEXT], sections=2)
        first = lesson_factory.lessons_of(course)[0]
        first.free_preview = True
        first.save()
        return course.pk


@pytest.fixture
def page(module_page, north):
    return CoursePage.objects.get(pk=module_page)


@pytest.fixture
def lessons(page):
    return lesson_factory.lessons_of(page)


@pytest.fixture
def enrolment(learner, page):
    return lesson_factory.enrolled(learner, page)


# --- Reading --------------------------------------------------------------------------------------------------------
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
    doors = {"anybody": client_for(), "enrolled": client_for(learner), "editor": client_for(editor)}
    paths = [f"{API}/lectures/{lesson.pk}/", lesson.url]

    def answers():
        return {name: [browser.get(path).status_code for path in paths] for name, browser in doors.items()}

    before = answers()
    with inside("north"):
        (lesson.get_parent() if levels == 1 else page).specific.unpublish()
    after = answers()

    assert before == {name: [200, 200] for name in doors}
    assert after == {"anybody": [404, 404], "enrolled": [404, 404], "editor": [200, 200]}
    progress = f"/lectures/{lesson.pk}/progress/"
    assert post(doors["enrolled"], progress, {"viewed": True}).status_code == 404


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


# --- Progress -------------------------------------------------------------------------------------------------------
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


# --- Quizzes --------------------------------------------------------------------------------------------------------
@pytest.fixture
def quiz(lessons):
    return lessons[2]


def key_of(attempt_id):
    from commerce.learning.models import Attempt

    with inside("north"):
        return Attempt.objects.get(pk=attempt_id)


def test_a_quiz_is_started_saved_submitted_and_reviewed(learner, enrolment, quiz):
    browser = client_for(learner)

    started = post(browser, f"/quizzes/{quiz.pk}/start/")
    attempt = started.json()["id"]
    responses = lesson_factory.answers_to(key_of(attempt))
    saved = post(browser, f"/quiz-attempts/{attempt}/save/", {"answers": dict(list(responses.items())[:2])})
    open_one = browser.get(f"{API}/quiz-attempts/{attempt}/").json()
    too_early = browser.get(f"{API}/quiz-attempts/{attempt}/result/")
    done = post(browser, f"/quiz-attempts/{attempt}/submit/", {"answers": responses})
    again = post(browser, f"/quiz-attempts/{attempt}/submit/", {"answers": {}})
    result = browser.get(f"{API}/quiz-attempts/{attempt}/result/").json()

    assert started.status_code == 201
    assert set(started.json()) == {"id", "number", "deadline_at", "questions"}
    assert {frozenset(question) for question in started.json()["questions"]} == {
        frozenset(("id", "kind", "text", "options"))
    }
    assert (saved.json()["answered"], len(open_one["answers"]), open_one["status"]) == (2, 2, "started")
    assert (too_early.status_code, too_early.json()["code"]) == (409, "not_submitted")
    assert done.json() == {"score": 5, "max_score": 5, "percent": 100, "passed": True} == again.json()
    assert all(question["correct"] for question in result["questions"])
    assert browser.get(f"{API}/lectures/{quiz.pk}/progress/").json()["completed"] is True


def test_an_open_attempt_is_given_again(learner, enrolment, quiz):
    browser = client_for(learner)

    first, second = (post(browser, f"/quizzes/{quiz.pk}/start/") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_no_public_answer_holds_the_key(learner, enrolment, quiz, lessons):
    browser = client_for(learner)
    attempt = post(browser, f"/quizzes/{quiz.pk}/start/").json()["id"]

    body = "".join(
        browser.get(path).content.decode()
        for path in (
            f"{API}/lectures/{quiz.pk}/",
            f"{API}/quiz-attempts/{attempt}/",
            f"{API}/quiz-attempts/{attempt}/result/",
            f"{API}/sections/{quiz.get_parent().pk}/lectures/",
        )
    )

    assert "autolyse" not in body
    assert "Gluten" not in body
    assert '"right"' not in body


@pytest.mark.parametrize(("who", "status"), [("stranger", 403), ("editor", 403), (None, 401)])
def test_a_quiz_is_sat_by_the_enrolled(request, enrolment, quiz, who, status):
    browser = client_for(request.getfixturevalue(who) if who else None)

    assert post(browser, f"/quizzes/{quiz.pk}/start/").status_code == status


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("owner", 404), (None, 401)])
def test_an_attempt_is_its_learners(request, learner, enrolment, quiz, who, status):
    attempt = post(client_for(learner), f"/quizzes/{quiz.pk}/start/").json()["id"]
    with inside("north"):
        browser = client_for(request.getfixturevalue(who) if who else None)

    read = [browser.get(f"{API}/quiz-attempts/{attempt}/{more}") for more in ("", "result/")]
    written = [post(browser, f"/quiz-attempts/{attempt}/{more}/", {"answers": {}}) for more in ("save", "submit")]

    assert {response.status_code for response in (*read, *written)} == {status}
    assert key_of(attempt).status == "started"


@pytest.mark.parametrize(
    "body", [{}, {"answers": None}, {"answers": []}, {"answers": {"x": ["y"]}}, {"answers": {"x": 1}}]
)
def test_answers_to_another_attempt_are_a_bad_request(learner, enrolment, quiz, body):
    browser = client_for(learner)
    attempt = post(browser, f"/quizzes/{quiz.pk}/start/").json()["id"]

    response = post(browser, f"/quiz-attempts/{attempt}/submit/", body)

    assert (response.status_code, list(response.json()["fields"])) == (400, ["answers"])


def test_the_rules_of_a_quiz_may_be_read_before_it(learner, stranger, enrolment, quiz, lessons):
    browser, path = client_for(learner), f"{API}/lectures/{quiz.pk}/quiz/"
    post(browser, f"/quizzes/{quiz.pk}/start/")

    rules = browser.get(path).json()

    assert (rules["id"], rules["pass_percent"], rules["attempts_used"], rules["attempts_left"]) == (quiz.pk, 70, 1, 2)
    assert client_for(stranger).get(path).status_code == 403
    assert browser.get(f"{API}/lectures/{lessons[0].pk}/quiz/").status_code == 404


def test_a_text_is_no_quiz(learner, enrolment, lessons):
    assert post(client_for(learner), f"/quizzes/{lessons[0].pk}/start/").status_code == 404


# --- Notes and bookmarks --------------------------------------------------------------------------------------------
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
    assert listed["results"] == beside["results"] == [changed.json()] == [door_json(changed)]
    assert forgotten.status_code == 204
    assert browser.get(API + path).status_code == 404


def door_json(response):
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


def test_the_whole_course_ends_in_one_certificate(learner, enrolment, lessons):
    browser = client_for(learner)
    for lesson in (lessons[0], lessons[3]):
        post(browser, f"/lectures/{lesson.pk}/progress/", {"viewed": True})
    attempt = post(browser, f"/quizzes/{lessons[2].pk}/start/").json()["id"]
    post(browser, f"/quiz-attempts/{attempt}/submit/", {"answers": lesson_factory.answers_to(key_of(attempt))})
    with inside("north"):
        Progress.objects.filter(enrolment=enrolment).update(started_at=clock.now() - timedelta(hours=1))
        Progress.objects.create(
            enrolment=enrolment,
            lesson_key=lessons[1].translation_key,
            started_at=clock.now() - timedelta(hours=1),
            updated_at=clock.now(),
        )

    last = post(browser, f"/lectures/{lessons[1].pk}/progress/", {"watched": [[0, 600]]})
    with inside("north"):
        outbox.drain()
        enrolment = Enrolment.objects.get(pk=enrolment.pk)

    assert last.json() == {
        "percent": 100,
        "completed": True,
        "position_seconds": 0,
        "course_percent": 100,
        "course_completed": True,
    }
    assert enrolment.status == "completed"
    with inside("north"):
        assert enrolment.certificates.count() == 1
