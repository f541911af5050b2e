"""Quiz pages."""

import json
import re
from datetime import timedelta

import pytest

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.learning import actions
from commerce.learning.models import Attempt
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for
from tests.fixtures.lesson_factory import TEXT

pytestmark = pytest.mark.django_db


@pytest.fixture
def lessons(north):
    return lesson_factory.lessons_of(
        lesson_factory.course(lessons=[TEXT, lesson_factory.quiz(limit_minutes=10), TEXT], sections=2)
    )


@pytest.fixture
def enrolment(learner, lessons):
    return lesson_factory.enrolled(learner, lessons[0].get_parent().get_parent().specific)


@pytest.fixture
def attempt(enrolment, lessons):
    return actions.start_attempt(enrolment=enrolment, lesson=lessons[1], now=clock.now())[0]


@pytest.fixture
def url(attempt):
    return f"/learn/quiz/attempts/{attempt.pk}/"


@pytest.fixture
def answers(attempt):
    return lesson_factory.answers_to(attempt)


def words(response):
    return re.sub(r"<[^>]+>", " ", response.content.decode())


def stored(attempt):
    with inside("north"):
        return Attempt.objects.get(pk=attempt.pk)


def test_a_quiz_is_sat_without_javascript(learner, enrolment, lessons):
    browser = client_for(learner)

    began = browser.post(f"/learn/quiz/{lessons[1].pk}/", follow=True)
    with inside("north"):
        attempt = Attempt.objects.get()
        answers = lesson_factory.answers_to(attempt)
    done = browser.post(f"/learn/quiz/attempts/{attempt.pk}/", answers, follow=True)
    again = browser.get(f"/learn/quiz/attempts/{attempt.pk}/")

    assert began.redirect_chain == [(f"/learn/quiz/attempts/{attempt.pk}/", 302)]
    assert all(question["text"] in words(began) for question in attempt.questions)
    assert "autolyse" not in began.content.decode()
    assert "Passed" in words(done)
    assert "5 of 5 points" in words(done)
    assert again["Location"] == f"/learn/quiz/attempts/{attempt.pk}/result/"


def test_a_failed_quiz_may_be_tried_again(learner, attempt, url):
    failed = client_for(learner).post(url, {"submit_anyway": "1"}, follow=True)

    assert "Not passed yet" in words(failed)
    assert "2 left" in words(failed)
    assert "autolyse" in words(failed)


# --- Empty questions ------------------------------------------------------------------------------------------------
def test_a_page_with_empty_questions_is_shown_again_before_it_counts(learner, attempt, url, answers):
    text = next(question["id"] for question in attempt.questions if question["kind"] == "text")

    confirmation = client_for(learner).post(url, {text: answers[text]})
    all_the_same = client_for(learner).post(url, {text: answers[text], "submit_anyway": "1"}, follow=True)

    assert confirmation.status_code == 200
    assert "3 questions are empty" in words(confirmation)
    assert 'name="submit_anyway"' in confirmation.content.decode()
    assert 'value="autolyse"' in confirmation.content.decode()
    assert "Not passed yet" in words(all_the_same)
    assert stored(attempt).status == "submitted"


def test_asking_burns_no_attempt_and_saves_the_answers(learner, attempt, url, answers):
    first_answer = dict([next(iter(answers.items()))])

    client_for(learner).post(url, first_answer)

    assert (stored(attempt).status, list(stored(attempt).answers)) == ("started", list(first_answer))


def test_a_page_with_every_answer_is_submitted_at_once(learner, attempt, url, answers):
    client_for(learner).post(url, answers)

    assert stored(attempt).status == "submitted"


def test_the_enter_key_never_presses_submit_anyway(learner, url):
    page = client_for(learner).post(url, {}).content.decode()
    form = page[page.index("data-save-url") :]

    first = re.search(r"<button[^>]*>", form).group()
    assert 'type="submit"' in first
    assert "name=" not in first


def test_through_the_api_what_is_submitted_counts(learner, attempt):
    response = client_for(learner).post(
        f"/api/v1/quiz-attempts/{attempt.pk}/submit/", '{"answers": {}}', content_type="application/json"
    )

    assert (response.status_code, response.json()["passed"]) == (200, False)
    assert stored(attempt).status == "submitted"


# --- Saving ---------------------------------------------------------------------------------------------------------
def test_answers_may_be_kept_for_later(learner, attempt, url, lessons, answers):
    browser = client_for(learner)

    saved = browser.post(url, {**answers, "save": "1"})
    shown = browser.get(url)
    lesson = browser.get(lessons[1].url)

    assert saved["Location"] == lessons[1].url
    assert 'value="autolyse"' in shown.content.decode()
    assert shown.content.decode().count(" checked") == 3
    assert "Continue attempt 1" in words(lesson)


def test_an_older_tab_does_not_take_back_what_another_has_answered(learner, attempt, url, answers):
    browser = client_for(learner)
    names = list(answers)
    older = {"shown": json.dumps(attempt.answers)}
    browser.post(url, {**older, names[0]: answers[names[0]], "save": "1"})

    browser.post(url, {**older, names[1]: answers[names[1]], "save": "1"})

    assert set(stored(attempt).answers) == set(names[:2])


def test_an_answer_that_was_shown_can_be_taken_back(learner, attempt, url, answers):
    browser = client_for(learner)
    browser.post(url, {**answers, "save": "1"})
    _, *others = answers

    browser.post(
        url, {"shown": json.dumps(stored(attempt).answers), "save": "1", **{name: answers[name] for name in others}}
    )

    assert set(stored(attempt).answers) == set(others)


@pytest.mark.parametrize("shown", ["", "[]", "{", "null", '{"x": 1}', "nonsense"])
def test_a_page_that_says_nonsense_of_what_it_showed_is_taken_whole(learner, attempt, url, answers, shown):
    client_for(learner).post(url, {**answers, "shown": shown, "save": "1"})

    assert set(stored(attempt).answers) == set(answers)


def test_what_comes_too_late_ends_in_the_result_of_what_was_kept(learner, attempt, url, answers):
    Attempt.objects.update(deadline_at=clock.now() - timedelta(minutes=1))

    late = client_for(learner).post(url, answers, follow=True)

    assert "time for this attempt is over" in words(late)
    assert "Not passed yet" in words(late)


def test_saving_after_the_deadline_says_so_and_keeps_what_was_there(learner, attempt, url, answers):
    actions.save_answers(attempt=attempt, answers=answers, now=clock.now())
    Attempt.objects.update(deadline_at=clock.now() - timedelta(minutes=1))

    late = client_for(learner).post(url, {"save": "1"}, follow=True)

    assert "time for this attempt is over" in words(late)
    assert "Passed" in words(late)


def test_junk_in_the_form_is_said_and_keeps_the_attempt_open(learner, attempt, url):
    choice = next(question for question in attempt.questions if question["kind"] == "single")

    response = client_for(learner).post(url, {choice["id"]: "nobody offered"})

    assert response.status_code == 400
    assert "That did not work" in words(response)
    assert stored(attempt).status == "started"


# --- Signed out in the middle ---------------------------------------------------------------------------------------
def test_answers_sent_after_the_session_has_ended_are_there_after_the_sign_in(learner, attempt, url, answers):
    browser = client_for(learner)
    with inside("north"):
        browser.session.flush()

    sent = browser.post(url, answers)
    with inside("north"):
        browser.force_login(learner)
    back = browser.get(url)

    assert sent["Location"].startswith("/account/login/")
    assert "answers from before you signed in are saved" in words(back)
    assert set(stored(attempt).answers) == set(answers)
    assert stored(attempt).status == "started"


def test_they_are_for_nobody_else_who_signs_in_there(learner, stranger, attempt, url, answers):
    browser = client_for(learner)
    with inside("north"):
        browser.session.flush()
    browser.post(url, answers)

    with inside("north"):
        browser.force_login(stranger)

    assert browser.get(url).status_code == 404
    assert stored(attempt).answers == {}


def test_a_stranger_can_fill_no_session_with_answers(north, learner, attempt, answers):
    browser = client_for()

    nowhere = browser.post("/learn/quiz/attempts/0198a7f2-0000-7000-8000-000000000000/", answers)

    assert nowhere.status_code == 302
    assert "sessionid" not in browser.cookies


@pytest.mark.parametrize("more", ["", "result/"])
def test_an_attempt_is_its_learners(learner, stranger, url, more):
    path = f"{url}{more}"

    assert client_for(learner).get(path).status_code in (200, 302)
    assert client_for(stranger).get(path).status_code == 404
    assert client_for(stranger).post(path).status_code in (404, 405)
    assert client_for().get(path).status_code == 302
    assert client_for(host="south.localhost").get(path).status_code == 302
