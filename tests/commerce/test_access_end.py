"""End of access: pages, API and emails say when access ends."""

from datetime import datetime, timedelta

import pytest

from academies.kernel import clock
from commerce.enrolments import actions
from commerce.enrolments.models import Enrolment, Entitlement
from tests.fixtures.http_client import client_for
from tests.fixtures.product_factory import a_course, a_lesson, a_plan
from tests.site.api.test_api_v2_my_records import bearer, get

DAY = timedelta(days=1)


@pytest.fixture
def course(north):
    return a_course()


def grant(person, course, ends_in, source="order_line:1"):
    now = clock.now()
    until = ends_in and (now + ends_in).replace(microsecond=0)
    key = course.translation_key
    actions.grant(person=person, course_key=key, source=source, starts_at=now - 9 * DAY, ends_at=until, now=now)
    return until


def answers(person, enrolment):
    """Every answer that the APIs give about an enrolment."""
    browser, token = client_for(person), bearer(person)
    return [
        browser.get("/api/v1/enrollments/").json()["results"][0],
        browser.get(f"/api/v1/enrollments/{enrolment.pk}/").json(),
        get("enrollments/", token).json()["items"][0],
        get(f"enrollments/{enrolment.pk}/", token).json(),
    ]


def ends(payloads):
    return {answer["access_ends_at"] and datetime.fromisoformat(answer["access_ends_at"]) for answer in payloads}


def test_every_answer_about_an_enrolment_says_when_access_ends(learner, course):
    until = grant(learner, course, 30 * DAY)
    browser = client_for(learner)

    payloads = answers(learner, Enrolment.objects.get())

    assert ends(payloads) == {until}
    assert {answer["status"] for answer in payloads} == {"active"}
    assert "Access until" in browser.get("/my/").content.decode()
    assert "Access until" in browser.get(course.url).content.decode()


def test_the_last_end_counts_and_none_where_something_never_ends(learner, course):
    grant(learner, course, 30 * DAY)
    later = grant(learner, course, 40 * DAY, "order_line:2")
    mine = Enrolment.objects.get()

    ending = ends(answers(learner, mine))
    grant(learner, course, None, "staff:1")
    lasting = ends(answers(learner, mine))

    assert ending == {later}
    assert lasting == {None}


def test_enrolling_freely_answers_with_it(learner, course):
    a_plan(course, slug="free", price_minor=0, access_days=30)

    response = client_for(learner).post(f"/api/v1/courses/{course.pk}/enroll/", {}, content_type="application/json")

    assert response.status_code == 201
    assert response.json()["access_ends_at"] is not None


def test_a_status_is_true_before_the_clock_has_come_round(learner, stranger, course):
    lesson = a_lesson(course)
    grant(learner, course, DAY)
    Entitlement.objects.update(ends_at=clock.now() - DAY)
    mine = Enrolment.objects.get()

    statuses = {answer["status"] for answer in answers(learner, mine)}
    pages = [get(f"enrollments/?status={status}", bearer(learner)).json()["items"] for status in ("active", "expired")]
    over = client_for(learner).get(f"/api/v1/lectures/{lesson.pk}/")
    never = client_for(stranger).get(f"/api/v1/lectures/{lesson.pk}/")

    assert mine.status == "active"
    assert statuses == {"expired"}
    assert [[item["id"] for item in items] for items in pages] == [[], [str(mine.pk)]]
    assert (over.status_code, over.json()["code"]) == (403, "not_enrolled")
    assert over.json()["access_ends_at"] is not None
    assert "has ended" in over.json()["detail"]
    assert (never.status_code, never.json()["code"]) == (403, "not_enrolled")
    assert "access_ends_at" not in never.json()
