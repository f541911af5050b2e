"""Export of record lists: constant memory."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext

from academies.kernel import clock
from academies.records import export
from academies.records.record_admin import RecordIndexView
from commerce.checkout.models import Order
from tests.fixtures.http_client import client_for
from tests.fixtures.routes import record_admin_url

ROWS, CHUNK = 250, 50


class Alive:
    """How many records of a model are in memory at once, at most."""

    def __init__(self) -> None:
        self.seen: weakref.WeakValueDictionary[int, Order] = weakref.WeakValueDictionary()
        self.most = 0

    def note(self, order: Order) -> None:
        self.seen[id(order)] = order
        self.most = max(self.most, len(self.seen))


@pytest.fixture
def living_orders(monkeypatch) -> Iterator[Alive]:
    living_orders, from_db = Alive(), Order.from_db.__func__

    def noted(cls, *args):
        order = from_db(cls, *args)
        living_orders.note(order)
        return order

    monkeypatch.setattr(Order, "from_db", classmethod(noted))
    monkeypatch.setattr(export, "CHUNK", CHUNK)
    gc.collect()
    return living_orders


@pytest.fixture
def orders(learner) -> None:
    now = clock.now()
    Order.objects.bulk_create(
        Order(number=number, person=learner, status="paid", currency="GBP", subtotal_minor=0, total_minor=0,
              created_at=now, expires_at=now)
        for number in range(1, ROWS + 1)
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.usefixtures("orders")
def test_a_long_export_holds_a_few_records_at_once_and_asks_once(finance, living_orders, kind):
    with CaptureQueriesContext(connection) as queries:
        response = client_for(finance).get(record_admin_url("checkout_order"), {"export": kind})
        body = b"".join(response.streaming_content)

    assert living_orders.most <= 2 * CHUNK
    assert kind == "xlsx" or body.count(b"\r\n") == ROWS + 1
    assert len([query for query in queries if 'FROM "checkout_order"' in query["sql"]]) <= 1


@pytest.mark.usefixtures("orders")
def test_a_csv_begins_before_all_of_it_is_read(finance, living_orders):
    response = client_for(finance).get(record_admin_url("checkout_order"), {"export": "csv"})
    lines = iter(response.streaming_content)

    next(lines), next(lines)

    assert 0 < living_orders.most <= CHUNK
    # Its cursor must not be closed in the middle of another test.
    response.close()


@pytest.mark.usefixtures("orders")
def test_a_long_export_outlives_the_limit_of_pages_and_leaves_it_as_it_was(finance, monkeypatch):
    # Sorting takes a moment for each order, and for all of them longer than a page may take.
    slow = RawSQL("SELECT pg_sleep(0.004) IS NULL", [])
    monkeypatch.setattr(
        RecordIndexView, "get_queryset", lambda self, request=None: Order.objects.annotate(slow=slow).order_by("slow")
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '500ms'")

    response = client_for(finance).get(record_admin_url("checkout_order"), {"export": "csv"})
    body = b"".join(response.streaming_content)

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("500ms",)
        cursor.execute("RESET statement_timeout")
    assert body.count(b"\r\n") == ROWS + 1
