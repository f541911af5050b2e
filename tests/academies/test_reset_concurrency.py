"""Concurrency of password resets: a reset link works once."""

import pytest

from academies.kernel import clock
from academies.people import actions, links
from tests.fixtures.concurrency import at_once, people_of

pytestmark = pytest.mark.threads


def test_one_link_sets_one_password(committed_academy):
    (person,) = people_of(committed_academy, 1)
    token = links.reset_path(person).strip("/").rpartition("/")[2]

    def reset(number):
        return actions.reset_password(token=token, password=f"Rye-and-salt-{number}", now=clock.now())

    results = at_once(8, reset)

    done = [number for number, result in enumerate(results) if not isinstance(result, Exception)]
    assert len(done) == 1, results
    assert {type(result) for result in results if isinstance(result, Exception)} == {actions.InvalidLink}
    person.refresh_from_db()
    assert person.check_password(f"Rye-and-salt-{done[0]}")
