"""Journal: entries are stored with their values and can't be changed."""

import pytest
from django.db import IntegrityError, transaction

from academies.journal import actions as journal
from academies.journal.models import Entry


@pytest.fixture
def entry(learner) -> Entry:
    return journal.record("people.signed_up", of=learner, by=learner, how="form")


def test_a_journal_entry_says_who_did_what_to_whom(entry, learner):
    assert (entry.verb, entry.by, entry.subject_id) == ("people.signed_up", learner, str(learner.pk))
    assert entry.details == {"how": "form"}


@pytest.mark.parametrize("tampering", [lambda rows: rows.update(verb="nothing"), lambda rows: rows.delete()])
def test_a_journal_entry_can_neither_be_changed_nor_removed(entry, tampering):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        tampering(Entry.objects.filter(pk=entry.pk))

    assert Entry.objects.get().verb == "people.signed_up"
