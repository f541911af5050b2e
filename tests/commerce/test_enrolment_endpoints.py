"""Enrolment endpoints and buttons."""

import pytest
from django.test import Client

from academies.kernel import clock, policies
from academies.tenants.context import inside
from catalog.courses.models import CourseInstructor, Instructor
from commerce.enrolments import actions
from commerce.enrolments.models import Enrolment, Entitlement
from tests.fixtures.http_client import Visitor
from tests.fixtures.product_factory import a_course, a_lesson, a_plan

# The same in every worker: what tests are called must not depend on chance.
NOBODY = "01a1fcd6-0000-7000-8000-000000000000"

ENROLMENTS = "/api/v1/enrollments/"


@pytest.fixture
def course(north):
    page = a_course()
    a_plan(page, price_minor=0)
    return page


def enrol(person, course):
    return actions.enrol_free(person=person, course=course, now=clock.now())


def buy(person, course, source="order_line:1"):
    now = clock.now()
    key = course and course.translation_key
    return actions.grant(person=person, course_key=key, source=source, starts_at=now, ends_at=None, now=now)


@pytest.mark.parametrize("by_course", [True, False])
def test_a_free_course_is_enrolled_in(course, learner, by_course):
    path, body = (f"/api/v1/courses/{course.pk}/enroll/", None) if by_course else (ENROLMENTS, {"course": course.pk})

    response = Visitor(learner).ask("post", path, body)

    payload = response.json()
    assert response.status_code == 201
    assert payload["course"] == {"id": course.pk, "title": "Sourdough", "slug": "sourdough"}
    assert (payload["status"], payload["percent"], payload["completed_at"]) == ("active", 0, None)
    assert Enrolment.objects.get().person == learner


def test_twice_is_refused(course, learner):
    enrol(learner, course)

    response = Visitor(learner).ask("post", ENROLMENTS, {"course": course.pk})

    assert (response.status_code, response.json()["code"]) == (409, "already_enrolled")


def test_a_paid_course_names_its_plans(north, learner):
    course = a_course()
    a_plan(course)

    response = Visitor(learner).ask("post", f"/api/v1/courses/{course.pk}/enroll/")

    payload = response.json()
    assert (response.status_code, payload["code"]) == (402, "payment_required")
    assert [(plan["plan"], plan["price"]["amount_minor"]) for plan in payload["plans"]] == [("sourdough", 4900)]
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("body", [{}, {"course": "x"}, {"course": -5}, {"course": None}, [], "x"])
def test_what_cant_be_understood_is_a_400(north, learner, body):
    assert Visitor(learner).ask("post", ENROLMENTS, body).status_code == 400


@pytest.mark.parametrize("what", ["unknown", "huge", "draft", "an event"])
def test_what_is_no_course_here_is_a_404(course, learner, what):
    number = {"unknown": 999_999, "huge": 10**17, "an event": course.get_parent().pk}.get(what, course.pk)
    if what == "draft":
        course.unpublish()
    visitor = Visitor(learner)

    responses = [
        visitor.ask("post", ENROLMENTS, {"course": number}),
        visitor.ask("post", f"/api/v1/courses/{number}/enroll/"),
    ]

    assert [response.status_code for response in responses] == [404, 404]


def test_leaving_keeps_the_record(course, learner):
    enrolment = enrol(learner, course)
    visitor = Visitor(learner)

    response = visitor.ask("delete", f"{ENROLMENTS}{enrolment.pk}/")

    assert response.status_code == 204
    assert visitor.ask("get", f"{ENROLMENTS}{enrolment.pk}/").json()["status"] == "cancelled"


def test_one_sees_and_leaves_ones_own_only(course, learner, stranger, owner, teacher):
    theirs = enrol(learner, course)

    for person in (stranger, owner, teacher):
        visitor = Visitor(person)
        assert visitor.ask("get", ENROLMENTS).json()["results"] == []
        assert visitor.ask("get", f"{ENROLMENTS}{theirs.pk}/").status_code == 404
        assert visitor.ask("delete", f"{ENROLMENTS}{theirs.pk}/").status_code == 404
    assert Visitor(learner).ask("get", f"{ENROLMENTS}{theirs.pk}/").status_code == 200


def test_an_enrolment_of_another_academy_isnt_here(learner, south):
    course = a_course()
    a_plan(course, price_minor=0)
    from tests.fixtures.people import make_person

    theirs = enrol(make_person("Sally South", "Learner"), course)
    with inside("north"):
        response = Visitor(learner).ask("get", f"{ENROLMENTS}{theirs.pk}/")

    assert response.status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ENROLMENTS), ("post", ENROLMENTS), ("get", f"{ENROLMENTS}{NOBODY}/"),
        ("delete", f"{ENROLMENTS}{NOBODY}/"), ("post", "/api/v1/courses/1/enroll/"),
    ],
)  # fmt: skip
def test_who_isnt_signed_in_is_turned_away(north, method, path):
    assert Visitor().ask(method, path).status_code == 401


@pytest.mark.parametrize("number", [1, 7])
def test_a_list_costs_the_same_however_long(north, learner, number, django_assert_max_num_queries):
    for position in range(number):
        course = a_course(title=f"C{position}", slug=f"c{position}")
        buy(learner, course, source=f"order_line:{position}")
    visitor = Visitor(learner)
    visitor.ask("get", ENROLMENTS)

    # The session, the person, the count, the list.
    with django_assert_max_num_queries(4):
        response = visitor.ask("get", ENROLMENTS)

    assert response.json()["count"] == number


# --- the page's button ----------------------------------------------------------------------------------------------
def test_a_button_enrols_and_goes_back_to_the_course(course, learner):
    response = Visitor(learner).ask("post", f"/courses/enrol/{course.pk}/")

    assert (response.status_code, response.url) == (302, "/courses/sourdough/")
    assert Enrolment.objects.get().person == learner


def test_a_button_asks_who_isnt_signed_in_to_sign_in_and_come_back(course):
    assert Visitor().ask("post", f"/courses/enrol/{course.pk}/").url == "/account/login/?next=/courses/sourdough/"


def test_a_button_is_no_link_and_needs_its_token(course, learner):
    careful = Client(headers={"host": "north.localhost"}, enforce_csrf_checks=True)
    careful.force_login(learner)

    assert careful.get(f"/courses/enrol/{course.pk}/").status_code == 405
    assert careful.post(f"/courses/enrol/{course.pk}/").status_code == 403


# --- who may attend -------------------------------------------------------------------------------------------------
def may_attend(person, lesson) -> bool:
    return policies.may("courses.attend", person, lesson)


def test_the_enrolled_attend_and_nobody_else_does(north, learner, stranger, finance):
    course = a_course()
    lesson = a_lesson(course)
    buy(learner, course)

    assert may_attend(learner, lesson)
    assert not may_attend(stranger, lesson)
    assert not may_attend(finance, lesson)


def test_who_left_attends_no_more_until_they_come_back(course, learner):
    lesson = a_lesson(course)
    enrolment = enrol(learner, course)
    actions.cancel_enrolment(enrolment=enrolment, by=learner, now=clock.now())
    left = may_attend(learner, lesson)

    enrol(learner, course)

    assert (left, may_attend(learner, lesson)) == (False, True)


def test_a_completed_course_stays_open_while_something_entitles(course, learner):
    lesson = a_lesson(course)
    actions.complete(enrolment=enrol(learner, course), now=clock.now())
    before = may_attend(learner, lesson)

    Entitlement.objects.update(revoked_at=clock.now())

    assert (before, may_attend(learner, lesson)) == (True, False)


def test_a_grant_of_every_course_lets_in_where_one_has_enrolled(north, learner):
    course = a_course()
    lesson = a_lesson(course)
    buy(learner, None)
    before = may_attend(learner, lesson)

    enrol(learner, course)

    assert (before, may_attend(learner, lesson)) == (False, True)


def test_who_teaches_the_course_sees_its_lessons_and_no_others(north, stranger):
    course, other = a_course(), a_course(title="Rye", slug="rye")
    instructor = Instructor.objects.create(name="Stan", slug="stan", account=stranger)
    CourseInstructor.objects.create(course=course, instructor=instructor)

    assert may_attend(stranger, a_lesson(course))
    assert not may_attend(stranger, a_lesson(other))


def test_editors_see_every_lesson_and_previews_are_for_all(north, editor, stranger):
    from django.contrib.auth.models import AnonymousUser

    course = a_course()
    lesson, preview = a_lesson(course), a_lesson(course, title="Taste", free_preview=True)

    assert may_attend(editor, lesson)
    assert [may_attend(person, preview) for person in (stranger, AnonymousUser())] == [True, True]
    assert not may_attend(AnonymousUser(), lesson)


def test_asking_costs_one_query_for_the_enrolled_and_two_for_others(
    course, learner, stranger, django_assert_num_queries
):
    lesson = a_lesson(course)
    enrol(learner, course)

    with django_assert_num_queries(1):
        assert may_attend(learner, lesson)
    with django_assert_num_queries(2):
        assert not may_attend(stranger, lesson)


def test_policies_of_the_record_admin(course, learner, stranger, desk, teacher):
    enrolment = enrol(learner, course)

    allowed = {
        name: [policies.may(f"enrolments.{name}", person, enrolment) for person in (learner, desk, teacher, stranger)]
        for name in ("cancel", "cancel_registration", "promote")
    }

    assert allowed == {
        "cancel": [True, True, False, False],
        "cancel_registration": [True, True, False, False],
        "promote": [False, True, False, False],
    }
