"""Prices in the admin: typed, shown and compared as decimals of their currency."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text
from wagtail.users.models import UserProfile

from academies.kernel import clock
from academies.tenants.models import Academy
from catalog.events.models import EventIndexPage, EventPage
from catalog.offerings.models import Offering
from commerce.plans.models import Coupon, Plan
from tests.fixtures.http_client import client_for
from tests.fixtures.product_factory import a_plan

PLANS, COUPONS = "wagtailsnippets_plans_plan", "wagtailsnippets_plans_coupon"
CURRENCIES = [("GBP", "39.50", 3950), ("JPY", "3950", 3950), ("KWD", "39.500", 39500)]


def _plan(**over) -> dict:
    return {"title": "Bread", "slug": "bread", "price": "39", "interval": "once", "on_sale": "on", **over}


def _event(**over) -> dict:
    starts = clock.now() + timedelta(days=14)
    date = {
        "starts_at": f"{starts:%Y-%m-%d %H:%M}", "ends_at": f"{starts + timedelta(hours=2):%Y-%m-%d %H:%M}",
        "seats": "20", "waiting_list": "on", "hold_minutes": "60", "price": "0", "cpd_minutes": "0", **over,
    }  # fmt: skip
    return nested_form_data(
        {
            "title": "Open kitchen", "slug": "open-kitchen", "summary": "Come and knead.", "attendance": "in_person",
            "description": rich_text(""), "agenda": rich_text(""), "event_speakers": inline_formset([]),
            "offerings": inline_formset([date], initial=1 if "id" in over else 0), "comments": inline_formset([]),
            "late_refund_percent": "0", "action-publish": "1",
        }
    )  # fmt: skip


def _add_event(client: Client, **over):
    parent = EventIndexPage.objects.get()
    return client.post(reverse("wagtailadmin_pages:add", args=("events", "eventpage", parent.pk)), _event(**over))


@pytest.mark.parametrize(("typed", "minor"), [("39", 3900), ("39.50", 3950), ("39,50", 3950), ("£1,234", 123400)])
def test_a_plan_costs_what_was_typed(typed, minor, owner):
    client_for(owner).post(reverse(f"{PLANS}:add"), _plan(price=typed))

    assert Plan.objects.get().price_minor == minor


@pytest.mark.parametrize(("currency", "typed", "minor"), CURRENCIES)
def test_a_plan_is_priced_in_the_currency_of_the_academy(currency, typed, minor, owner, monkeypatch):
    # Of every copy that is kept of the academy.
    monkeypatch.setattr(Academy, "currency", property(lambda academy: currency, lambda academy, value: None))
    client = client_for(owner)

    client.post(reverse(f"{PLANS}:add"), _plan(price=typed))

    plan = Plan.objects.get()
    assert (plan.price_minor, plan.currency) == (minor, currency)
    assert f'value="{typed}"' in client.get(reverse(f"{PLANS}:edit", args=[plan.pk])).content.decode()


def test_a_plan_keeps_its_own_currency_when_the_academy_takes_another(owner):
    plan = a_plan(price_minor=3900, currency="JPY")
    client, address = client_for(owner), reverse(f"{PLANS}:edit", args=[plan.pk])

    page = client.get(address).content.decode()
    client.post(address, _plan(price="4000"))

    assert '<span class="lyceum-money"><span>¥</span>' in page
    assert 'value="3900"' in page
    assert Plan.objects.get().price_minor == 4000


def test_a_form_that_still_sends_pence_changes_no_price(owner):
    plan = a_plan(price_minor=4900)
    stale = _plan(price_minor="3900")
    del stale["price"]

    page = client_for(owner).post(reverse(f"{PLANS}:edit", args=[plan.pk]), stale).content.decode()

    assert "opened before amounts were typed with decimals" in page
    assert Plan.objects.get().price_minor == 4900


def test_lists_show_decimals(owner):
    a_plan(price_minor=3950)
    Coupon.objects.create(code="SPRING", amount_minor=1050)

    assert "£39.50" in client_for(owner).get(reverse(f"{PLANS}:list")).content.decode()
    assert "£10.50" in client_for(owner).get(reverse(f"{COUPONS}:list")).content.decode()


def test_a_coupon_takes_off_what_was_typed(owner):
    sent = {"code": "SPRING", "amount": "10.50", "percent": "", "max_uses": "", "valid_from": "", "valid_until": ""}

    client_for(owner).post(reverse(f"{COUPONS}:add"), sent)

    assert Coupon.objects.get().amount_minor == 1050


def test_a_date_costs_what_was_typed_in_the_editor_s_language(editor):
    profile = UserProfile.get_for_user(editor)
    profile.preferred_language = "es"
    profile.save()
    client = client_for(editor)

    _add_event(client, price="1.234,50")

    event = EventPage.objects.get()
    assert Offering.objects.get().price_minor == 123450
    assert 'value="1234,50"' in client.get(reverse("wagtailadmin_pages:edit", args=[event.pk])).content.decode()


def test_a_date_without_a_readable_price_is_not_published_as_free(editor):
    client = client_for(editor)
    stale = _event(price_minor="3500")
    del stale["offerings-0-price"]
    parent = EventIndexPage.objects.get()

    _add_event(client, price="39.505")
    client.post(reverse("wagtailadmin_pages:add", args=("events", "eventpage", parent.pk)), stale)

    assert not Offering.objects.exists()


def test_revisions_are_compared_in_decimals(editor):
    client = client_for(editor)
    _add_event(client, price="35")
    event, first = EventPage.objects.get(), EventPage.objects.get().latest_revision
    date = Offering.objects.get()

    client.post(reverse("wagtailadmin_pages:edit", args=[event.pk]), _event(price="39.50", id=str(date.pk)))
    second = EventPage.objects.get().latest_revision
    compared = client.get(reverse("wagtailadmin_pages:revisions_compare", args=[event.pk, first.pk, second.pk]))

    page = compared.content.decode()
    assert '<span class="deletion">£35</span><span class="addition">£39.50</span>' in page
    assert "3950" not in page
