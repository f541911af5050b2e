"""The committed_academy fixture: threads see each other's commits, and nothing remains."""

import pytest
from django.db import connection, transaction

from academies.people.models import User
from academies.tenants.models import Academy
from tests.fixtures.concurrency import at_once, people_of


@pytest.mark.threads
def test_sixty_threads_see_what_the_test_has_made(committed_academy):
    people = people_of(committed_academy, 3)

    results = at_once(60, lambda number: (connection.schema_name, User.objects.count()))

    assert len(people) == 3
    assert results == [(committed_academy.schema_name, 3)] * 60


@pytest.mark.threads
def test_threads_commit_each_on_its_own_connection(committed_academy):
    def join(number: int) -> int:
        with transaction.atomic():
            User.objects.create_user(f"joiner{number}@committed_academy.example", full_name="Jo Joiner")
            return connection.connection.info.backend_pid

    results = at_once(8, join)

    assert len(set(results)) == 8
    assert User.objects.filter(full_name="Jo Joiner").count() == 8


@pytest.mark.threads
def test_what_a_thread_raises_comes_back(committed_academy):
    def work(number: int) -> int:
        return 1 // number

    results = at_once(2, work)

    assert isinstance(results[0], ZeroDivisionError)
    assert results[1] == 1


@pytest.mark.threads
def test_the_arena_begins_empty_and_is_left_as_academy(committed_academy):
    assert not User.objects.exists()
    assert committed_academy.status == Academy.Status.LIVE


@pytest.mark.django_db
def test_no_arena_stays():
    assert not Academy.objects.filter(schema_name__startswith="committed_academy").exists()
