"""Concurrency of cancelling a date while people register and pay."""

from datetime import timedelta

import pytest

from academies.outbox.models import Message
from catalog.offerings import actions as offerings
from commerce.enrolments import actions
from commerce.enrolments.models import Registration
from tests.fixtures.concurrency import at_once, people_of
from tests.fixtures.product_factory import NOW, a_date

pytestmark = pytest.mark.threads

LATER = NOW + timedelta(hours=2)


def test_while_twenty_pay_ten_join_and_five_leave(committed_academy):
    people, offering = people_of(committed_academy, 36), a_date(seats=25, price_minor=3500)
    held = [
        actions.hold_seat(person=each, offering=offering, hold_until=LATER, source=f"order:{each.pk}", now=NOW)
        for each in people[:25]
    ]
    for number in range(20, 25):
        actions.confirm_seat(registration=held[number], now=NOW)

    def rush(number: int):
        if number < 20:
            return actions.confirm_seat(registration=held[number], now=NOW)
        if number < 25:
            return actions.cancel_registration(registration=held[number], by=people[number], now=NOW)
        if number < 35:
            return actions.register(person=people[number], offering=offering, now=NOW)
        offerings.cancel_date(offering=offering, by=None, now=NOW)
        return actions.end_registrations(offering_id=offering.pk, message="", now=NOW)

    results = at_once(36, rush)
    actions.end_registrations(offering_id=offering.pk, message="", now=NOW)

    assert not [
        each for each in results if isinstance(each, BaseException) and not isinstance(each, actions.OfferingCancelled)
    ]
    rows = Registration.objects.filter(offering=offering)
    assert not rows.filter(status__in=Registration.LIVE).exists()
    notified = {each.payload["registration_id"] for each in Message.objects.filter(name="fact:SeatReleased")}
    assert {str(pk) for pk in rows.exclude(confirmed_at=None).values_list("pk", flat=True)} <= notified
    assert not rows.filter(cause="date_cancelled", source__gt="").exclude(pk__in=notified).exists()
