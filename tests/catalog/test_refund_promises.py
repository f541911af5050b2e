"""Refund promises of pages: migrated to refund rules."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog.events.models import EventPage
from tests.fixtures import catalog_factory

BEFORE, AFTER = ("events", "0004_words_for_editors"), ("events", "0006_refund_terms_from_words")
PROMISES = {
    "Money back until seven days before": 7,
    "Full refund up to 14 days before the event; after that nothing": 14,
    "Refunds until 1 day before": 1,
    "Money back until 900 days before": 365,
    "Free of charge": None,
    "No refund. Bring your apron seven days before": None,
    "You may always give your seat to a friend": None,
    "": None,
}


def _migrate(target: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([target])


@pytest.fixture
def pages(north) -> dict[int, str]:
    """One event for each promise, by its id, as the release before had them."""
    words = {catalog_factory.event(title=f"Event {number}").pk: text for number, text in enumerate(PROMISES)}
    for pk, text in words.items():
        EventPage.objects.filter(pk=pk).update(refund_policy=text)
    _migrate(BEFORE)
    return words


def test_a_refund_promise_in_words_becomes_a_refund_rule(pages):
    _migrate(AFTER)

    for page in EventPage.objects.filter(pk__in=pages):
        text = pages[page.pk]
        assert (page.refund_policy, page.full_refund_days, page.late_refund_percent) == (text, PROMISES[text], 0)
