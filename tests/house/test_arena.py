"""It holds that the arena is real: threads see each other's commits, and nothing of it stays."""

import pytest
from django.db import connection, transaction

from academies.people.models import User
from academies.tenants.models import Academy
from tests.stage import at_once, people_of


@pytest.mark.threads
def test_sixty_threads_see_what_the_test_has_made(arena):
    people = people_of(arena, 3)

    answers = at_once(60, lambda number: (connection.schema_name, User.objects.count()))

    assert len(people) == 3
    assert answers == [(arena.schema_name, 3)] * 60


@pytest.mark.threads
def test_threads_commit_each_on_its_own_connection(arena):
    def join(number: int) -> int:
        with transaction.atomic():
            User.objects.create_user(f"joiner{number}@arena.example", full_name="Jo Joiner")
            return connection.connection.info.backend_pid

    answers = at_once(8, join)

    assert len(set(answers)) == 8
    assert User.objects.filter(full_name="Jo Joiner").count() == 8


@pytest.mark.threads
def test_what_a_thread_raises_comes_back(arena):
    def work(number: int) -> int:
        return 1 // number

    answers = at_once(2, work)

    assert isinstance(answers[0], ZeroDivisionError)
    assert answers[1] == 1


@pytest.mark.threads
def test_the_arena_begins_empty_and_is_left_as_academy(arena):
    assert not User.objects.exists()
    assert arena.status == Academy.Status.LIVE


@pytest.mark.django_db
def test_no_arena_stays():
    assert not Academy.objects.filter(schema_name__startswith="arena").exists()
