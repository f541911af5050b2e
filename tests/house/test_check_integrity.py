"""It holds that the audit visits every academy and names what is wrong."""

import pytest
from django.core.management import CommandError, call_command

from academies.kernel import clock
from commerce.checkout.models import Order


@pytest.fixture
def unpaid_but_paid(learner) -> Order:
    now = clock.now()
    return Order.objects.create(
        number=1,
        person=learner,
        status="paid",
        currency="GBP",
        subtotal_minor=4900,
        total_minor=4900,
        created_at=now,
        expires_at=now,
        paid_at=now,
    )


def test_academies_that_keep_their_promises_are_said_to(learner, capsys):
    call_command("audit", "north", "south")

    assert "2 academies keep every promise" in capsys.readouterr().out


def test_a_broken_promise_is_named_and_fails(unpaid_but_paid, capsys):
    with pytest.raises(CommandError, match="faults in 2 academies"):
        call_command("audit", "north", "south")

    assert "north: " in capsys.readouterr().out
