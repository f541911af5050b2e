"""Every record admin: lists cost a fixed number of queries, and only permitted roles run its actions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from academies.inbox.models import WebhookEvent
from academies.journal.models import Entry
from academies.kernel import clock
from academies.notifications.models import Delivery
from academies.people.models import User
from academies.people.roles import ROLES
from academies.tenants.context import current_schema, inside
from catalog.offerings.models import Offering
from commerce.certificates.models import Certificate
from commerce.checkout.models import Order, PaymentAttempt, Refund
from commerce.enrolments.models import Enrolment, Registration
from lyceum import composition
from tests.fixtures.http_client import client_for
from tests.fixtures.people import make_person
from tests.fixtures.product_factory import a_date
from tests.fixtures.routes import record_admin_url

RECORD_ADMINS = {
    (record_admin.base_url_path or record_admin.model._meta.label_lower.replace(".", "/")).replace(
        "/", "_"
    ): record_admin
    for menu in ("people", "sales")
    for _, record_admin in composition.record_admins(menu)
}
ACTIONS = [(name, action.name) for name, admin in RECORD_ADMINS.items() for action in admin.actions]
# Who may do what; whoever isn't named may not.
MAY = {
    ("people_user", "assign_role"): {"Owner"},
    ("people_user", "withdraw_role"): {"Owner"},
    ("enrolments_enrolment", "cancel"): {"Owner", "Front desk"},
    ("enrolments_registration", "promote"): {"Owner", "Front desk"},
    ("enrolments_registration", "cancel"): {"Owner", "Front desk"},
    ("certificates_certificate", "reissue"): {"Owner", "Front desk"},
    ("certificates_certificate", "revoke"): {"Owner", "Front desk"},
    ("checkout_order", "refund"): {"Owner", "Finance"},
    ("checkout_order", "cancel"): {"Owner", "Finance"},
    ("checkout_order", "mark_paid"): {"Owner", "Finance"},
    ("checkout_refund", "mark_paid_out"): {"Owner", "Finance"},
    ("inbox_event", "replay"): {"Owner", "Finance"},
}
FORM = {"role": "Teacher", "reason": "because", "reference": "FT-1"}


# --- one record for each record admin -------------------------------------------------------------------------------
def _somebody(number: int) -> User:
    return User.objects.create_user(f"p{number}@{current_schema()}.example", full_name=f"Person {number}")


def _person(number: int) -> User:
    person = _somebody(number)
    person.groups.set(User.groups.rel.model.objects.filter(name__in=["Teacher", "Learner"]))
    return person


def _order(number: int, status: str = "pending") -> Order:
    now = clock.now()
    return Order.objects.create(
        number=number + 1, person=_somebody(number), status=status, currency="GBP", subtotal_minor=4900, total_minor=4900,
        created_at=now, expires_at=now + timedelta(hours=1),
    )  # fmt: skip


def _payment(number: int) -> PaymentAttempt:
    return PaymentAttempt.objects.create(
        order=_order(number, "paid"), provider="stripe", status="confirmed", amount_minor=4900, currency="GBP",
        created_at=clock.now(), reference=f"cs_{number}",
    )  # fmt: skip


def _refund(number: int) -> Refund:
    return Refund.objects.create(
        attempt=_payment(number), amount_minor=100, currency="GBP", created_at=clock.now(), by=_somebody(number + 1000)
    )


def _event(number: int) -> WebhookEvent:
    return WebhookEvent.objects.create(
        source="stripe",
        account=current_schema(),
        external_id=f"evt_{number}",
        kind="x",
        payload={},
        received_at=clock.now(),
    )


def _enrolment(number: int) -> Enrolment:
    key = "00000000-0000-0000-0000-000000000001"
    return Enrolment.objects.create(
        person=_somebody(number), course_key=key, course_title="Rye", enrolled_at=clock.now()
    )


def _registration(number: int) -> Registration:
    now = clock.now()
    offering = a_date(starts_at=now + timedelta(days=9))
    return Registration.objects.create(
        person=_somebody(number), offering=offering, status="waitlisted", created_at=now, waiting_since=now
    )


def _date(number: int) -> Offering:
    return a_date(starts_at=clock.now() + timedelta(days=9, hours=number))


def _certificate(number: int) -> Certificate:
    now = clock.now()
    return Certificate.objects.create(
        code=f"AAAA-BBBB-{number:04}", person=_somebody(number), holder="Ana", title="Rye", academy="N", issued_on=now,
        created_at=now,
    )  # fmt: skip


def _mail(number: int) -> Delivery:
    who = _somebody(number)
    return Delivery.objects.create(key=str(number), kind="enrolled", person=who, to=who.email, created_at=clock.now())


MAKE: dict[str, Callable[[int], Any]] = {
    "people_user": _person, "checkout_order": _order, "checkout_paymentattempt": _payment, "checkout_refund": _refund,
    "inbox_event": _event, "enrolments_enrolment": _enrolment, "enrolments_registration": _registration,
    "certificates_certificate": _certificate, "notices_delivery": _mail, "offerings_offering": _date,
}  # fmt: skip


def _state(record: Any) -> tuple[dict[str, Any], int]:
    with inside("north"):
        fresh = type(record).objects.get(pk=record.pk)
        return model_to_dict(fresh), Entry.objects.count()


def test_every_record_admin_and_action_is_listed_here():
    assert set(MAKE) == set(RECORD_ADMINS)
    assert set(MAY) == set(ACTIONS)


# --- length ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", RECORD_ADMINS)
def test_a_record_admin_costs_the_same_however_long_it_is(name, owner):
    client, spent = client_for(owner), []

    for numbers in (range(2), range(2, 30)):
        with inside("north"):
            for number in numbers:
                MAKE[name](number)
        client.get(record_admin_url(name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(record_admin_url(name)).status_code == 200
        spent.append(len(queries))

    assert spent[1] <= spent[0] <= 25


# --- academies ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", RECORD_ADMINS)
def test_a_record_of_another_academy_is_not_here(name, owner, south):
    with inside("south"):
        foreign = MAKE[name](1)
    with inside("north"):
        own, client = MAKE[name](2), client_for(owner)

    assert client.get(record_admin_url(name, "inspect", own.pk)).status_code == 200
    for view in ("inspect", "history", *(action.name for action in RECORD_ADMINS[name].actions)):
        assert client.get(record_admin_url(name, view, foreign.pk)).status_code == 404, view
        assert client.post(record_admin_url(name, view, foreign.pk), FORM).status_code in (404, 405), view


# --- roles ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [role.name for role in ROLES])
@pytest.mark.parametrize(("name", "action"), ACTIONS)
def test_an_action_is_open_to_its_roles_and_closed_to_all_others(name, action, role, north):
    record, who = MAKE[name](1), make_person("Wanda Worker", role)
    client, address, before = client_for(who), record_admin_url(name, action, record.pk), _state(record)

    shown = client.get(address)
    if role in MAY[name, action]:
        assert shown.status_code == 200
        return
    pressed = client.post(address, FORM)

    for response in (shown, pressed):
        assert response.status_code in (302, 403)
        assert "inspect" not in response.get("Location", "")
    assert _state(record) == before
