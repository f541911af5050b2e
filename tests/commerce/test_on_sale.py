"""Plans on sale: who sees and may buy them."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import PageViewRestriction
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.checkout import actions
from commerce.checkout.models import Order, Refund
from commerce.enrolments import queries as access
from tests.fixtures.http_client import Visitor, client_for
from tests.fixtures.payment_factory import Shop, after_expiry, paid_remote, reload
from tests.fixtures.product_factory import a_course, a_lesson, a_plan

GROUPS = PageViewRestriction.GROUPS


@pytest.fixture
def course(north):
    return a_course()


def restrict(page, *groups: str) -> None:
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=GROUPS)
    restriction.groups.set(Group.objects.filter(name__in=groups))


def order(person, slug: str = "sourdough"):
    return Visitor(person).ask("post", "/api/v1/checkout/", {"items": [{"plan": slug}]})


def listed() -> list[str]:
    return [plan["slug"] for plan in Visitor().ask("get", "/api/v2/plans/").json()["items"]]


@pytest.mark.parametrize("all_courses", [False, True])
def test_a_plan_that_opens_nothing_visible_is_not_sold_or_listed(all_courses, shop: Shop, course, learner, stranger):
    a_plan(*([] if all_courses else [course]), all_courses=all_courses)
    before, sold = listed(), order(learner).status_code
    with inside("north"):
        course.unpublish()

    refused, page = order(stranger), Visitor(stranger).ask("get", "/checkout/plan/sourdough/")

    assert (before, sold) == (["sourdough"], 201)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_on_sale")
    assert "nothing to learn in this plan" in refused.json()["detail"]
    assert page.status_code == 409
    assert listed() == []
    with inside("north"):
        assert Order.objects.get().person == learner


def test_a_course_for_a_group_is_sold_to_the_group_and_listed_for_nobody(shop: Shop, course, learner, editor):
    a_plan(course)
    restrict(course, "Editor")

    answers = [order(learner).status_code, order(editor).status_code]

    assert answers == [409, 201]
    assert listed() == []


def test_one_visible_course_is_enough(shop: Shop, course, learner):
    hidden = a_course(title="Rye", slug="rye")
    a_plan(course, hidden)
    hidden.unpublish()

    assert listed() == ["sourdough"]
    assert order(learner).status_code == 201


def test_what_is_paid_for_is_given_although_its_course_was_hidden_meanwhile(shop: Shop, course, learner):
    plan = a_plan(course)
    bought, attempt = shop.buy(learner, plan.slug)
    course.unpublish()

    actions.settle(order_id=bought.pk, remote=paid_remote(attempt), now=clock.now())

    assert reload(bought).status == Order.Status.PAID
    assert access.holds_entitlement(learner, course.translation_key, clock.now())
    assert not Refund.objects.exists()


def test_what_is_paid_too_late_for_a_hidden_course_goes_back(shop: Shop, course, learner):
    plan = a_plan(course)
    bought, attempt = shop.buy(learner, plan.slug)
    late = paid_remote(attempt)
    actions.expire_orders(now=after_expiry(bought))
    course.unpublish()

    actions.settle(order_id=bought.pk, remote=late, now=after_expiry(bought))

    assert reload(bought).status == Order.Status.EXPIRED
    assert Refund.objects.get().amount_minor == attempt.amount_minor
    assert not access.holds_entitlement(learner, course.translation_key, after_expiry(bought))


# --- What the admin says of it --------------------------------------------------------------------------------------
def test_the_list_of_plans_says_what_can_be_bought_and_why_not(course, finance, settings):
    settings.STRIPE_SECRET_KEY = ""
    hidden = a_course(title="Rye", slug="rye")
    hidden.unpublish()
    a_plan(course, slug="gratis", price_minor=0)
    a_plan(course, slug="priced")
    a_plan(course, slug="shelved", on_sale=False)
    a_plan(course, slug="club", interval="month")
    a_plan(hidden, slug="rye")

    page = client_for(finance).get(reverse("wagtailsnippets_plans_plan:list")).content.decode()

    assert len(re.findall(r"<td[^>]*>\s*Yes\s*</td>", page)) == 1
    for reason in ("payments are not connected yet", "it is not on sale", "paid every month or year", "no course that"):
        assert page.count(reason) == 1, reason


@pytest.mark.parametrize(
    ("key", "expected"), [("", "No: payments are not connected yet"), ("sk_test_everybody", "Yes")]
)
def test_the_deployment_s_own_account_takes_payments_too(key, expected, course, finance, settings):
    settings.STRIPE_SECRET_KEY = key
    a_plan(course)

    page = client_for(finance).get(reverse("wagtailsnippets_plans_plan:list")).content.decode()

    assert re.search(rf"<td[^>]*>\s*{expected}\s*</td>", page)


def test_publishing_a_course_that_nobody_can_enter_says_what_is_missing(course, editor):
    client, publish = client_for(editor), reverse("wagtailadmin_pages:edit", args=[course.pk])
    form = _form_of(course)

    first = client.post(publish, form, follow=True).content.decode()
    with inside("north"):
        a_plan(course, price_minor=0)
        a_lesson(course).get_parent().specific.unpublish()
    second = client.post(publish, form, follow=True).content.decode()
    with inside("north"):
        for page in course.get_descendants().specific():
            page.save_revision().publish()
    third = client.post(publish, form, follow=True).content.decode()

    assert "nobody can enrol yet: no plan that can be bought opens it; it has no lessons." in first
    assert "but not all of it: drafts of it are not published (sections: 1, lessons: 0)." in second
    assert "Visitors see this course, but" not in third


def _form_of(course) -> dict:
    return nested_form_data(
        {
            "title": course.title, "slug": course.slug, "summary": course.summary, "level": "beginner",
            "description": rich_text(""), "outcomes": streamfield([]), "faq": streamfield([]),
            "course_instructors": inline_formset([]), "completion_rule": "all_lessons", "completion_percent": "100",
            "cpd_credits": "0", "comments": inline_formset([]), "action-publish": "1",
        }
    )  # fmt: skip
