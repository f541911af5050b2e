"""The offer on a course page: what this visitor can buy or join."""

import re
from datetime import timedelta

import pytest

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.certificates.models import Certificate
from commerce.enrolments import actions
from commerce.enrolments.models import Enrolment
from tests.fixtures.http_client import Visitor
from tests.fixtures.product_factory import a_course, a_lesson, a_plan

PAGE = "/courses/sourdough/"


@pytest.fixture
def course(north):
    course = a_course()
    a_lesson(course)
    return course


def main(visitor: Visitor, path: str = PAGE) -> str:
    page = visitor.ask("get", path).content.decode()
    return re.split(r"<main", page, maxsplit=1)[1]


def give(person, course_key=None, **when) -> None:
    now = clock.now()
    period = {"starts_at": now, "ends_at": None, **when}
    actions.grant(person=person, course_key=course_key, source="staff:1", now=now, **period)


def test_a_course_that_is_open_to_somebody_is_begun_and_not_sold(course, learner):
    a_plan(course)
    give(learner)
    visitor = Visitor(learner)

    before = main(visitor)
    visitor.client.post(f"/courses/enrol/{course.pk}/")
    after = main(visitor)

    assert "Start learning" in before
    assert "/checkout/plan/" not in before
    assert "£49" not in before
    assert Enrolment.objects.get().person == learner
    assert "Begin" in after
    assert "Start learning" not in after


def test_strangers_and_those_without_access_are_sold_it(course, learner, stranger):
    a_plan(course)
    give(learner)
    give(stranger, starts_at=clock.now() - timedelta(days=9), ends_at=clock.now() - timedelta(days=1))

    for visitor in (Visitor(None), Visitor(stranger)):
        page = main(visitor)
        assert page.count('href="/checkout/plan/sourdough/"') == 2
        assert "Start learning" not in page


def test_a_grant_without_any_plan_on_sale_is_enough(course, learner):
    give(learner, course.translation_key)
    actions.cancel_enrolment(enrolment=Enrolment.objects.get(), by=learner, now=clock.now())

    assert "Start learning" in main(Visitor(learner))
    assert "Enrolment is not open yet" in main(Visitor(None))


def test_cards_say_what_is_open_to_whom(course, learner):
    a_plan(course)
    a_plan(a_course(title="Rye", slug="rye"), slug="rye", price_minor=3900)
    give(learner, course.translation_key)

    for path in ("/courses/", "/"):
        mine, theirs = main(Visitor(learner), path), main(Visitor(None), path)
        assert (mine.count("Open to you"), "£49" in mine, "£39" in mine) == (1, False, True)
        assert (theirs.count("Open to you"), "£49" in theirs, "£39" in theirs) == (0, True, True)


def test_a_course_that_only_a_membership_opens_offers_no_way_that_ends_in_a_refusal(course, learner):
    a_plan(course, slug="club", price_minor=1500, interval="month")

    for visitor in (Visitor(None), Visitor(learner)):
        page = main(visitor)
        assert "Enrolment is not open yet" in page
        assert "£15" not in page
        assert "Enrol now" not in page
        assert "/checkout/" not in page
        assert "£15" not in main(visitor, "/courses/")


def test_beside_what_is_sold_once_only_what_can_be_bought_is_named(course):
    a_plan(course)
    a_plan(slug="club", price_minor=1500, interval="month", all_courses=True)
    a_plan(slug="library", price_minor=9900, all_courses=True)

    page = main(Visitor(None))

    assert page.count('href="/checkout/plan/sourdough/"') == 2
    assert page.count('href="/checkout/plan/library/"') == 1
    assert "Club" not in page


def test_programs_are_told_what_can_be_bought(course, learner):
    a_plan(course)
    a_plan(slug="club", price_minor=1500, interval="month", all_courses=True)
    visitor = Visitor(learner)

    whole = visitor.ask("get", f"/api/v2/courses/{course.pk}/").json()
    plans = visitor.ask("get", "/api/v2/plans/").json()["items"]
    refused = visitor.ask("post", f"/api/v1/courses/{course.pk}/enroll/")

    expected = {"sourdough": (True, "/checkout/plan/sourdough/"), "club": (False, None)}
    assert {offer["plan"]: (offer["buyable"], offer["checkout_url"]) for offer in whole["offers"]} == expected
    assert {offer["slug"]: offer["buyable"] for offer in plans} == {"sourdough": True, "club": False}
    assert refused.status_code == 402
    assert {offer["plan"]: offer["buyable"] for offer in refused.json()["plans"]} == {"sourdough": True, "club": False}
    assert [offer["name"] for offer in whole["structured_data"]["offers"]] == ["Sourdough"]


def test_the_enrolled_go_on_from_a_bar_that_stays_and_the_graduated_take_their_certificate(course, learner):
    give(learner, course.translation_key)
    enrolment = Enrolment.objects.get()
    begun = main(Visitor(learner))
    with inside("north"):
        certificate = Certificate.objects.create(
            person=learner, enrolment=enrolment, holder="Lena", title="Bread", academy="N", issued_on=clock.now(),
            created_at=clock.now(), code="AAAA-BBBB-CCCC", status="valid",
        )  # fmt: skip
        Enrolment.objects.update(status="completed", percent=100)

    done = main(Visitor(learner))

    bars = [page.partition('class="mobilebuy"')[2] for page in (begun, done)]
    assert "0% complete" in bars[0]
    assert "Begin" in bars[0]
    assert f'href="/my/certificates/{certificate.pk}/download/"' in bars[1]
    assert done.count(f'href="/my/certificates/{certificate.pk}/download/"') == 2
    assert "Next: " not in done
