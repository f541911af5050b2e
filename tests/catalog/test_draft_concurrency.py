"""Concurrency of drafts: saving one in a thread leaves lesson validation in other threads on."""

import copy
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from wagtail.test.utils.form_data import nested_form_data, streamfield

from catalog.activities.blocks import CheckedStructBlock
from catalog.courses.models import LessonPage
from catalog.courses.models.lesson import NotReady
from tests.catalog.test_lesson_drafts import quiz
from tests.fixtures import lesson_factory
from tests.fixtures.lesson_factory import TEXT

PATIENCE = 10
HALF_WRITTEN = quiz(text="")


def save_draft() -> object:
    """Validate a half-written lesson as the form of a draft does, and return its blocks."""
    field = copy.deepcopy(LessonPage.get_edit_handler().get_form_class().base_fields["activity"])
    field.is_deferred_validation = True
    data = nested_form_data({"activity": streamfield([HALF_WRITTEN])})
    return field.clean(field.widget.value_from_datadict(data, {}, "activity"))


@contextmanager
def a_draft_half_saved(monkeypatch) -> Iterator[None]:
    """Stop another thread in the middle of saving a draft for the length of a block. Raises what saving it raised."""
    entered, go_on, clean = threading.Event(), threading.Event(), CheckedStructBlock.clean

    def pause(self, value):
        if threading.current_thread() is not threading.main_thread():
            entered.set()
            assert go_on.wait(PATIENCE)
        return clean(self, value)

    monkeypatch.setattr(CheckedStructBlock, "clean", pause)
    with ThreadPoolExecutor(1) as pool:
        saving = pool.submit(save_draft)
        try:
            assert entered.wait(PATIENCE)
            yield
        finally:
            go_on.set()
        assert saving.result(PATIENCE)


def test_nothing_half_written_is_published_meanwhile(north, monkeypatch):
    (lesson,) = lesson_factory.lessons_of(lesson_factory.course(lessons=[TEXT]))
    lesson.activity = save_draft()
    revision = lesson.save_revision()

    with a_draft_half_saved(monkeypatch), pytest.raises(NotReady, match="can't be published yet"):
        revision.publish()


def test_a_draft_that_is_saved_meanwhile_brings_no_rules_back(monkeypatch):
    with a_draft_half_saved(monkeypatch):
        assert save_draft()


def test_many_drafts_at_once_take_no_rule_away():
    whole_rules = LessonPage._meta.get_field("activity").stream_block
    half_written = save_draft()

    def save_and_publish(_: int) -> None:
        assert save_draft()
        with pytest.raises(ValidationError):
            whole_rules.clean(half_written)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save_and_publish, range(80)))
