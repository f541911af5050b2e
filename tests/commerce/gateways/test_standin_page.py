"""The stand-in's payment page."""

from commerce.gateways.types import Line
from lyceum_dev.standins.stripe.harness import StandIn
from tests.commerce.gateways.conftest import Account, session_request


def test_what_a_page_shows_is_only_text(account: Account, standin: StandIn) -> None:
    rude = '<img src=x onerror="alert(1)">'
    request = session_request(lines=(Line(rude, 2, 2450),), order_number=rude, customer_email="")

    page = account.gateway.open_session(request)
    seen = standin.look(page.url)

    assert rude not in seen.text
    assert "&lt;img src=x" in seen.text
    assert "Test payment page" in seen.text
    assert "2 × £24.50" in seen.text


def test_an_address_typed_on_the_page_is_kept(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request(customer_email=""))

    standin.pay(page.url, email="stranger@north.example")

    (session,) = account.client.v1.checkout.sessions.list().data
    assert session.customer_details
    assert session.customer_details.email == "stranger@north.example"


def test_a_page_for_nothing_needs_no_card(account: Account, standin: StandIn) -> None:
    page = account.gateway.open_session(session_request(lines=(Line("Taster", 1, 0),), total_minor=0))

    seen = standin.pay(page.url, card="")

    assert seen.status == 303
    assert account.gateway.read(page.reference).state == "paid"


def test_pages_that_are_not_there(standin: StandIn) -> None:
    assert standin.look(f"{standin.base_url}/c/pay/cs_test_nobody").status == 404
    assert standin.pay(f"{standin.base_url}/c/pay/../../v1/balance").status == 404
