"""Dashboard: each role sees its own panels."""

from datetime import timedelta

import pytest
from django.test import Client

from academies.kernel import clock
from academies.tenants.context import inside
from catalog.courses.models import CourseIndexPage, CoursePage
from commerce.checkout.models import Order, OrderLine
from commerce.enrolments.models import Registration
from tests.fixtures import catalog_factory


def _dashboard(person) -> str:
    client = Client(headers={"host": "north.localhost"})
    with inside("north"):
        client.force_login(person)
    return client.get("/admin/").content.decode()


def _sold(person, plan, *, number=1, days_ago=1, status=Order.Status.PAID):
    at = clock.now() - timedelta(days=days_ago)
    order = Order.objects.create(
        number=number, person=person, status=status, currency=plan.currency, subtotal_minor=plan.price_minor,
        total_minor=plan.price_minor, created_at=at, expires_at=at, paid_at=at,
    )  # fmt: skip
    OrderLine.objects.create(
        order=order, plan=plan, title=plan.title, unit_minor=plan.price_minor, total_minor=plan.price_minor
    )


@pytest.fixture
def busy_academy(north, learner, stranger):
    """An academy with two sales, one of them old, a date with one guest, and a draft."""
    plan = catalog_factory.plan(catalog_factory.course())
    _sold(learner, plan)
    _sold(stranger, plan, number=2, days_ago=40)
    date = catalog_factory.event("Pizza night", seats=8).offerings.get()
    Registration.objects.create(offering=date, person=learner, status="confirmed", created_at=clock.now())
    CourseIndexPage.objects.get().add_child(
        instance=CoursePage(title="Unfinished rye", slug="rye", summary="Rye.", live=False)
    )
    return plan


def test_finance_sees_what_sold_lately_and_who_comes(busy_academy, finance):
    page = _dashboard(finance)

    assert "Sales in 30 days" in page
    assert str(busy_academy.price) in page
    assert "1 sold" in page
    assert "1 of 8 seats" in page
    assert "Unfinished rye" not in page


def test_an_editor_sees_what_is_not_published_and_no_money(busy_academy, editor):
    page = _dashboard(editor)

    assert "Unfinished rye" in page
    assert "Sales in 30 days" not in page
    assert "of 8 seats" not in page


def test_a_new_academy_sees_what_will_stand_there(north, owner):
    page = _dashboard(owner)

    assert page.index("Set up your academy") < page.index("Sales in 30 days")
    assert "Your best sellers will appear here" in page
    assert "Everything is published" in page


@pytest.mark.parametrize(
    ("path", "title"),
    [("checkout/paymentattempt", "Payments"), ("notices/delivery", "Emails sent"), ("people/user", "People")],
)
def test_a_record_list_has_its_menu_title_and_its_filters_in_one_click(busy_academy, owner, path, title):
    client = Client(headers={"host": "north.localhost"})
    client.force_login(owner)

    page = " ".join(client.get(f"/admin/{path}/").content.decode().split())

    assert f"<title> {title} -" in page.replace("<title>", "<title> ").replace("  ", " ")
    assert ('href="#filters"' in page) == ("changelist-filter" in page)
