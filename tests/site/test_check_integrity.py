"""`check_integrity` checks every academy and lists violations."""

import pytest
from django.core.management import CommandError, call_command

from academies.kernel import clock
from commerce.checkout.models import Order


@pytest.fixture
def paid_without_payment(learner) -> Order:
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


def test_academies_without_violations_are_reported(learner, capsys):
    call_command("check_integrity", "north", "south")

    assert "2 academies satisfy the invariants" in capsys.readouterr().out


def test_a_violation_is_listed_and_fails(paid_without_payment, capsys):
    with pytest.raises(CommandError, match="violations in 2 academies"):
        call_command("check_integrity", "north", "south")

    assert "north: " in capsys.readouterr().out
