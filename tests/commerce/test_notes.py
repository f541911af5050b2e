"""Notes and bookmarks: limits, and a fixed number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academies.kernel import clock
from academies.tenants.context import inside
from commerce.learning.actions import notes
from commerce.learning.models import Bookmark, Note
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import Visitor
from tests.fixtures.lesson_factory import TEXT, VIDEO

pytestmark = pytest.mark.django_db
KEPT = ("notes", "bookmarks")


@pytest.fixture
def page(north):
    return lesson_factory.course(lessons=[TEXT, VIDEO])


@pytest.fixture
def enrolment(learner, page):
    return lesson_factory.enrolled(learner, page)


def fill(enrolment, lesson, seconds):
    """Keep a note and a bookmark at each second of a lesson, one after the other."""
    place = {"enrolment": enrolment, "lesson_key": lesson.translation_key}
    Note.objects.bulk_create(Note(text=f"Note {second}", at_seconds=second, **place) for second in seconds)
    Bookmark.objects.bulk_create(Bookmark(title=f"Mark {second}", at_seconds=second, **place) for second in seconds)
    for model in (Note, Bookmark):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(created_at=clock.now() + timedelta(seconds=row.at_seconds))


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("place", ["enrolments", "lectures"])
def test_a_list_costs_what_a_page_of_it_costs(enrolment, learner, page, kind, place):
    film = lesson_factory.lessons_of(page)[1]
    address = f"/api/v1/enrollments/{enrolment.pk}/{kind}/"
    if place == "lectures":
        address = f"/api/v1/lectures/{film.pk}/{kind}/"
    visitor, spent, answers = Visitor(learner), [], []

    for seconds in (range(1), range(1, 45)):
        with inside("north"):
            fill(enrolment, film, seconds)
        visitor.ask("get", address)
        with CaptureQueriesContext(connection) as captured:
            answers.append(visitor.ask("get", f"{address}?page_size=20").json())
        spent.append(captured.captured_queries)

    assert len(spent[0]) == len(spent[1]) <= 12, "\n".join(query["sql"][:200] for query in spent[1])
    assert any("LIMIT 20" in query["sql"] for query in spent[1])
    assert (answers[1]["count"], len(answers[1]["results"])) == (45, 20)
    assert [note["timestamp_seconds"] for note in answers[1]["results"]] == list(range(20))


@pytest.mark.parametrize("kind", KEPT)
def test_a_course_has_room_for_so_many_and_no_more(enrolment, learner, page, kind, monkeypatch):
    monkeypatch.setattr(notes, "MAX_PER_COURSE", 3)
    film = lesson_factory.lessons_of(page)[1]
    address, visitor = f"/api/v1/lectures/{film.pk}/{kind}/", Visitor(learner)

    responses = [
        visitor.ask("post", address, {"text": "Fold", "title": "Fold", "timestamp_seconds": second})
        for second in range(4)
    ]
    renamed = visitor.ask("post", f"/api/v1/lectures/{film.pk}/bookmarks/", {"timestamp_seconds": 0})

    assert [response.status_code for response in responses] == [201, 201, 201, 409]
    assert responses[3].json()["code"] == "too_many_kept"
    assert renamed.status_code == (200 if kind == "bookmarks" else 201)
    visitor.ask("delete", f"/api/v1/{kind}/{responses[0].json()['id']}/")
    assert visitor.ask("post", address, {"text": "Rest", "timestamp_seconds": 9}).status_code == 201
