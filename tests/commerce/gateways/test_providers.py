"""A payment provider is a package that declares itself: nothing else names it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commerce.checkout import gateway, queries, refusals
from commerce.checkout.models import PaymentAccount, PaymentSettings, provider_choices
from commerce.gateways import providers

PROVIDER = """
from commerce.gateways.providers import Provider

PROVIDER = Provider(
    name="tab", label="Tab", gateway="tabpay.adapter.TabGateway",
    options={"region": "LANGUAGE_CODE"}, account={"secret_key": "TABPAY_KEY"},
)
"""
ADAPTER = """
class TabGateway:
    name = "tab"

    def __init__(self, **options):
        self.options = options

    def read(self, reference):
        return self.options
"""


@pytest.fixture
def tabpay(tmp_path: Path, monkeypatch, settings) -> Iterator[None]:
    """Another provider's package, listed in the setting."""
    package = tmp_path / "tabpay"
    package.mkdir()
    for name, text in {"__init__": "", "provider": PROVIDER, "adapter": ADAPTER}.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    settings.PAYMENT_PROVIDERS = ["commerce.gateways.stripe", "tabpay"]
    settings.TABPAY_KEY = ""
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "tabpay"]:
        del sys.modules[name]


def test_a_listed_package_can_be_chosen_and_used(north, tabpay, settings):
    PaymentAccount.objects.create(provider="tab", encrypted_key="")
    PaymentSettings.objects.create(provider="tab")

    assert provider_choices() == [("stripe", "Stripe"), ("tab", "Tab")]
    assert gateway.current().name == "tab"
    # Its own options, the account's keys, and how patient its calls may be.
    assert gateway.current().read("") == {
        "secret_key": "",
        "webhook_secret": "",
        "region": settings.LANGUAGE_CODE,
        "timeout": 3.0,
        "max_network_retries": 2,
    }
    assert queries.takes_payments()


def test_the_deployments_account_is_for_academies_without_one(north, tabpay, settings):
    PaymentSettings.objects.create(provider="tab")
    assert not queries.takes_payments()
    with pytest.raises(refusals.PaymentsNotSetUp):
        gateway.current()

    settings.TABPAY_KEY = "tab_everybody"

    assert queries.takes_payments()
    assert gateway.current().name == "tab"


def test_a_provider_that_is_no_longer_listed_takes_nothing(north, tabpay):
    PaymentSettings.objects.create(provider="manual")

    assert not queries.takes_payments()
    with pytest.raises(refusals.PaymentsNotSetUp):
        gateway.current()


def test_providers_come_in_the_order_of_the_setting():
    packages = ["commerce.gateways.manual", "commerce.gateways.stripe"]

    assert list(providers.load(packages)) == ["manual", "stripe"]
