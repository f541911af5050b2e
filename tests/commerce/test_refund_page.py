"""Refund page for Finance: what is shown, confirmed and refunded."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from academies.journal.models import Entry
from academies.kernel import clock
from academies.tenants.context import inside
from commerce.checkout import actions
from commerce.checkout.models import Order, Refund
from commerce.checkout.types import RefundInput
from commerce.enrolments.models import Entitlement
from tests.fixtures.payment_factory import Shop
from tests.fixtures.people import make_person
from tests.fixtures.product_factory import a_course, a_plan


def _as(person, host: str = "north.localhost") -> Client:
    client = Client(headers={"host": host})
    client.force_login(person)
    return client


def _address(order: Order) -> str:
    return reverse("checkout_order_modeladmin_refund", args=[order.pk])


def _hidden(page: str) -> dict[str, str]:
    names = r'type="hidden" name="([^"]+)" value="([^"]*)"'
    return {name: value for name, value in re.findall(names, page) if name != "csrfmiddlewaretoken"}


@pytest.fixture
def paid(shop: Shop, learner) -> Order:
    """Two courses, £49 and £20, bought at once and paid."""
    a_plan(a_course(title="Sourdough", slug="sourdough-course"), slug="sourdough", price_minor=4900)
    a_plan(a_course(title="Rye", slug="rye-course"), slug="rye", price_minor=2000)
    order, attempt = shop.buy(learner, "sourdough", "rye")
    shop.pay(attempt)
    shop.refresh_payment(order)
    return order


class Desk:
    """Somebody at the page of one order's refund."""

    def __init__(self, person, order: Order):
        self.client, self.address = _as(person), _address(order)
        self.first = self.client.get(self.address).content.decode()

    def ask(self, **over: str) -> str:
        """Send the first page; return the second."""
        sent = {**_hidden(self.first), "what": "all", "amount": "", "reason": "As agreed.", "note": "", **over}
        return self.client.post(self.address, sent).content.decode()

    def confirm(self, second: str):
        return self.client.post(self.address, {**_hidden(second), "confirmed": "1"})


def test_the_page_says_whose_money_it_is_and_proposes_the_rest(paid, finance, learner):
    page = Desk(finance, paid).first

    assert learner.email in page
    for label, amount in (("Paid", "£69.00"), ("Refunded", "£0.00"), ("Left", "£69.00")):
        assert re.search(rf"<dt>{label}</dt>\s*<dd>\s*{amount}\s*</dd>", page)
    assert "Everything that is left: £69.00" in page
    assert "Sourdough: £49.00" in page
    assert "The buyer reads this" in page


def test_it_asks_once_more_and_then_gives_back_what_it_asked_about(paid, finance, learner):
    desk = Desk(finance, paid)

    # Whoever goes back and changes something is asked about what they changed.
    changed = desk.client.post(desk.address, {**_hidden(desk.ask(what="amount", amount="5")), "back": "1"})
    assert 'value="5"' in changed.content.decode()
    second = desk.ask(note="Called us on Monday.", expected_minor="500")
    with inside("north"):
        before = Refund.objects.count()
    response = desk.confirm(second)

    assert f"Refund £69.00 of £69.00 to {learner}?" in second
    assert "As agreed." in second
    assert before == 0
    assert response.status_code == 302
    with inside("north"):
        refund = Refund.objects.get()
        assert (refund.amount_minor, refund.reason, refund.by) == (6900, "As agreed.", finance)
        # The buyer's page knows nothing of the note, the history of the refund does.
        assert Entry.objects.get(subject_id=str(refund.pk), verb="checkout.refund_created").details["note"]
        assert not Entitlement.objects.filter(revoked_at=None).exists()
    order_page = _as(learner).get(f"/checkout/orders/{paid.pk}/").content.decode()
    assert "As agreed." in order_page
    assert "Called us on Monday." not in order_page
    history = desk.client.get(reverse("checkout_refund_modeladmin_history", args=[refund.pk])).content.decode()
    assert "amount: £69.00" in history
    assert "Called us on Monday." in history


def test_confirming_twice_or_from_an_old_page_gives_back_once(paid, finance):
    desk = Desk(finance, paid)
    second = desk.ask(what="amount", amount="10")

    answers = [desk.confirm(second).status_code for _ in range(2)]
    again = desk.confirm(desk.ask(what="amount", amount="10"))

    assert answers == [302, 302]
    assert again.status_code == 302
    with inside("north"):
        assert Refund.objects.get().amount_minor == 1000
        # Only a sum went back, and nobody said otherwise: what they bought stays theirs.
        assert not Entitlement.objects.exclude(revoked_at=None).exists()


def test_one_order_line_is_refunded_with_its_own_access(paid, finance):
    rye = paid.lines.get(plan__slug="rye")
    desk = Desk(finance, paid)

    desk.confirm(desk.ask(what=str(rye.pk)))

    with inside("north"):
        assert Refund.objects.get().amount_minor == 2000
        assert Entitlement.objects.exclude(revoked_at=None).get().source == f"order_line:{rye.pk}"
    assert "Rye: £20.00" not in Desk(finance, paid).first


def test_what_changed_since_it_was_confirmed_is_asked_again(paid, finance):
    desk = Desk(finance, paid)
    second = desk.ask()
    with inside("north"):
        actions.refund_order(
            order=paid, by=finance, refund_input=RefundInput("Somebody was quicker.", 1000), now=clock.now()
        )

    page = desk.confirm(second).content.decode()

    assert "has changed since you saw it" in page
    assert "Everything that is left: £59.00" in page
    with inside("north"):
        assert Refund.objects.get().amount_minor == 1000


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"what": "amount", "amount": "69.01"}, "more than what was paid"),
        ({"what": "amount", "amount": "0"}, "at least £0.01"),
        ({"what": "amount", "amount": "10.005"}, "at most 2 decimals"),
        ({"what": "amount"}, "Enter the amount to refund"),
        ({"what": "all", "amount": "20"}, "Choose “Another amount”"),
        ({"what": "019f0000-0000-7000-8000-000000000000"}, "Select a valid choice"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_what_makes_no_sense_is_refused_before_it_asks(typed, sentence, paid, finance):
    page = Desk(finance, paid).ask(**typed)

    assert sentence in page
    assert 'name="confirmed"' not in page


def test_a_page_from_before_decimals_gives_nothing_back(paid, finance):
    sent = {"refund_id": "019f0000-0000-7000-8000-000000000000", "amount_minor": "20", "reason": "x", "confirmed": "1"}

    response = _as(finance).post(_address(paid), sent)

    assert response.status_code == 200
    with inside("north"):
        assert not Refund.objects.exists()


@pytest.mark.parametrize("who", ["finance", "editor", "desk", "learner", "stranger"])
def test_only_finance_opens_it(who, paid, request):
    client = _as(request.getfixturevalue(who))

    answers = [client.get(_address(paid)).status_code, client.post(_address(paid), {"confirmed": "1"}).status_code]

    assert all(answer == 200 for answer in answers) if who == "finance" else not {200} & set(answers)


def test_the_same_order_is_not_in_the_other_academy(paid, south):
    with inside("south"):
        theirs = make_person("Fina South", "Finance")

    assert _as(theirs, "south.localhost").get(_address(paid)).status_code == 404
