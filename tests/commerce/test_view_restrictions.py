"""Pages with view restrictions: the same rules for pages, API and purchases."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import PageViewRestriction

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.checkout import actions, refusals
from commerce.checkout.models import Order
from commerce.checkout.types import CheckoutRequest, Item
from commerce.enrolments.models import Enrolment, Registration
from tests.fixtures.http_client import Visitor
from tests.fixtures.payment_factory import Shop, make_workshop
from tests.fixtures.product_factory import a_course, a_lesson, a_plan

LOGIN, GROUPS, PASSWORD = PageViewRestriction.LOGIN, PageViewRestriction.GROUPS, PageViewRestriction.PASSWORD


def restrict(page, kind, *groups):
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=kind, password="knead" * (kind == PASSWORD)
    )
    restriction.groups.set(Group.objects.filter(name__in=groups))


@pytest.fixture
def course(north):
    course = a_course()
    a_plan(course, price_minor=0)
    return course


@pytest.mark.parametrize("above", [False, True])
@pytest.mark.parametrize(("kind", "groups"), [(LOGIN, ()), (GROUPS, ("Learner", "Owner"))])
def test_who_may_see_a_course_enrols_in_it(course, learner, stranger, kind, groups, above):
    restrict(course.get_parent() if above else course, kind, *groups)

    by_page = Visitor(learner).ask("post", f"/courses/enrol/{course.pk}/")
    by_program = Visitor(stranger).ask("post", "/api/v1/enrollments/", {"course": course.pk})

    assert (by_page.status_code, by_program.status_code) == (302, 201)


@pytest.mark.parametrize(("kind", "groups"), [(GROUPS, ("Owner",)), (GROUPS, ()), (PASSWORD, ())])
def test_who_may_not_see_a_course_does_not_enrol(course, learner, kind, groups):
    restrict(course, kind, *groups)

    responses = [
        Visitor(learner).ask("post", f"/courses/enrol/{course.pk}/"),
        Visitor(learner).ask("post", "/api/v1/enrollments/", {"course": course.pk}),
    ]

    assert [response.status_code for response in responses] == [404, 404]
    with inside("north"):
        assert not Enrolment.objects.exists()


def test_who_may_see_a_course_reads_what_there_is_to_learn(course, learner):
    section = a_lesson(course).get_parent()
    restrict(course, LOGIN)
    paths = (f"/api/v1/courses/{course.pk}/sections/", f"/api/v1/sections/{section.pk}/lectures/")

    statuses = [[Visitor(who).ask("get", path).status_code for path in paths] for who in (learner, None)]

    assert statuses == [[200, 200], [404, 404]]


def test_of_two_restrictions_both_have_to_open(course, learner):
    restrict(course.get_parent(), LOGIN)
    restrict(course, GROUPS, "Owner")

    assert Visitor(learner).ask("post", f"/courses/enrol/{course.pk}/").status_code == 404


def test_who_may_see_a_date_registers_for_it_and_buys_it(shop: Shop, learner, stranger):
    offering = make_workshop()
    restrict(offering.page, LOGIN)

    page = Visitor(learner).ask("get", f"/checkout/offering/{offering.pk}/")
    by_program = Visitor(stranger).ask("post", "/api/v1/registrations/", {"event": offering.page_id})

    assert (page.status_code, by_program.status_code) == (200, 201)


def test_a_seat_at_a_page_for_some_is_sold_to_nobody_else(shop: Shop, learner, owner):
    offering = make_workshop()
    restrict(offering.page, GROUPS, "Owner")

    with pytest.raises(refusals.NotOnSale):
        actions.place_order(
            person=learner, checkout_request=CheckoutRequest([Item(offering=offering.pk)]), now=clock.now()
        )
    response = Visitor(learner).ask("post", "/api/v1/checkout/", {"items": [{"offering": str(offering.pk)}]})
    with inside("north"):
        order, _ = actions.place_order(
            person=owner, checkout_request=CheckoutRequest([Item(offering=offering.pk)]), now=clock.now()
        )

        assert (response.status_code, response.json()["code"]) == (409, "not_on_sale")
        assert Registration.objects.get().person == owner
        assert Order.objects.get() == order
