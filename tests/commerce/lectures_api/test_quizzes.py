"""Lectures API: quiz attempts, and a whole course to its certificate."""

from datetime import timedelta

import pytest

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.tenants.context import inside
from commerce.enrolments.models import Enrolment
from commerce.learning.models import Progress
from tests.commerce.lectures_api.requests import API, post
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for

pytestmark = pytest.mark.django_db


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
