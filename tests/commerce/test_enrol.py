"""Enrolment: free or entitled, once; refusals name what opens the course."""

from datetime import timedelta

import pytest

from academies.kernel.money import Money
from academies.notifications.models import Delivery
from commerce.enrolments import actions
from commerce.enrolments.models import Enrolment, Entitlement
from tests.fixtures.product_factory import NOW, a_course, a_plan

Status = Enrolment.Status


def test_a_free_plan_enrols_and_says_so(north, learner):
    course = a_course()
    plan = a_plan(course, price_minor=0)

    enrolment = actions.enrol_free(person=learner, course=course, now=NOW)

    assert (enrolment.status, enrolment.course_key) == (Status.ACTIVE, course.translation_key)
    assert Entitlement.objects.get().source == f"free:{plan.pk}"
    mail = Delivery.objects.get()
    assert (mail.kind, mail.context["path"]) == ("enrolled", "/courses/sourdough/")


def test_enrolling_twice_is_refused(north, learner):
    course = a_course()
    a_plan(course, price_minor=0)
    actions.enrol_free(person=learner, course=course, now=NOW)

    with pytest.raises(actions.AlreadyEnrolled):
        actions.enrol_free(person=learner, course=course, now=NOW)

    assert Enrolment.objects.count() == 1


def test_a_paid_course_names_the_plans_that_open_it(north, learner):
    course, other = a_course(), a_course(title="Rye", slug="rye")
    a_plan(course)
    a_plan(slug="club", price_minor=1500, interval="month", all_courses=True)
    a_plan(other, slug="rye")
    a_plan(course, slug="old", on_sale=False)

    with pytest.raises(actions.PaymentRequired) as refused:
        actions.enrol_free(person=learner, course=course, now=NOW)

    assert [offer.plan for offer in refused.value.extra["plans"]] == ["sourdough", "club"]
    assert refused.value.extra["plans"][0].price == Money(4900, "GBP")
    assert Enrolment.objects.count() == Entitlement.objects.count() == 0


def test_a_course_nobody_sells_is_not_open(north, learner):
    with pytest.raises(actions.PaymentRequired, match="isn't open"):
        actions.enrol_free(person=learner, course=a_course(), now=NOW)


def test_who_holds_every_course_enrols_in_a_paid_one(north, learner):
    course = a_course()
    a_plan(course)
    actions.grant(person=learner, course_key=None, source="order_line:1", starts_at=NOW, ends_at=None, now=NOW)

    enrolment = actions.enrol_free(person=learner, course=course, now=NOW)

    assert enrolment.status == Status.ACTIVE
    assert Entitlement.objects.count() == 1


def test_leaving_keeps_the_record_and_lets_one_come_back(north, learner):
    course = a_course()
    a_plan(course, price_minor=0)
    enrolment = actions.enrol_free(person=learner, course=course, now=NOW)

    for _ in range(2):
        left = actions.cancel_enrolment(enrolment=enrolment, by=learner, now=NOW)
    back = actions.enrol_free(person=learner, course=course, now=NOW)

    assert left.status == Status.CANCELLED
    assert (back.pk, back.status) == (enrolment.pk, Status.ACTIVE)


def test_a_completed_course_is_not_left(north, learner):
    course = a_course()
    a_plan(course, price_minor=0)
    enrolment = actions.enrol_free(person=learner, course=course, now=NOW)
    actions.complete(enrolment=enrolment, now=NOW)

    with pytest.raises(actions.AlreadyCompleted):
        actions.cancel_enrolment(enrolment=enrolment, by=learner, now=NOW)


def test_free_access_of_some_days_may_be_taken_again_when_it_has_ended(north, learner):
    course = a_course()
    a_plan(course, price_minor=0, access_days=10)
    actions.enrol_free(person=learner, course=course, now=NOW)
    after = NOW + timedelta(days=11)
    actions.expire_access(now=after)

    again = actions.enrol_free(person=learner, course=course, now=after)

    assert again.status == Status.ACTIVE
    assert Entitlement.objects.get().ends_at == after + timedelta(days=10)


def test_enrolling_what_one_holds_is_idempotent(north, learner):
    course = a_course()
    actions.grant(
        person=learner, course_key=course.translation_key, source="order_line:1",
        starts_at=NOW, ends_at=None, now=NOW,
    )  # fmt: skip

    rows = [actions.enrol(person=learner, course=course, now=NOW) for _ in range(2)]

    assert rows[0].pk == rows[1].pk
    assert Enrolment.objects.count() == 1
