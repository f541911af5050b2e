"""Staff read the lessons of a course they write without enrolling."""

import pytest
from django.test import Client

from tests.fixtures import lesson_factory


@pytest.fixture
def lessons(north):
    page = lesson_factory.course(lessons=[lesson_factory.TEXT, lesson_factory.TEXT, lesson_factory.TEXT])
    return lesson_factory.lessons_of(page)


def _open(person, path: str) -> str:
    client = Client(headers={"host": "north.localhost"})
    client.force_login(person)
    return client.get(path).content.decode()


def test_an_editor_goes_on_and_back(editor, lessons):
    addresses = [lesson.get_url() for lesson in lessons]

    seen = _open(editor, addresses[1])

    assert f'rel="prev" href="{addresses[0]}"' in seen
    assert f'rel="next" href="{addresses[2]}"' in seen
    assert "Enrol to continue" not in seen


def test_the_last_lesson_asks_no_editor_to_enrol(editor, lessons):
    assert "Enrol to continue" not in _open(editor, lessons[2].get_url())


def test_who_reads_a_free_preview_is_led_to_what_it_costs(stranger, lessons):
    first = lessons[0]
    first.free_preview = True
    first.save()

    seen = _open(stranger, first.get_url())

    assert "Enrol to continue" in seen
    assert 'rel="next"' not in seen
