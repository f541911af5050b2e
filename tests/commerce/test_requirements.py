"""Course requirements while editors change the course."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from academies.outbox import actions as outbox
from academies.outbox.models import Message
from academies.tenants.context import inside
from commerce.enrolments.models import Enrolment, RequirementSet
from commerce.learning import actions
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for
from tests.fixtures.lesson_factory import TEXT

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def page(north):
    return lesson_factory.course(lessons=[TEXT, TEXT, TEXT], sections=3)


@pytest.fixture
def other(north):
    return lesson_factory.course("Cakes", lessons=[TEXT])


@pytest.fixture
def lessons(page):
    """Lessons whose addresses differ, so that each can be moved beside the others."""
    for number, lesson in enumerate(lesson_factory.lessons_of(page)):
        lesson.slug = f"lesson-{number}"
        lesson.save()
    return lesson_factory.lessons_of(page)


@pytest.fixture
def enrolment(learner, page):
    return lesson_factory.enrolled(learner, page)


def do(enrolment, *lessons):
    for lesson in lessons:
        actions.mark_viewed(enrolment=Enrolment.objects.get(pk=enrolment.pk), lesson=lesson, now=NOW)
    return state(enrolment)


def state(enrolment):
    outbox.drain()
    enrolment.refresh_from_db()
    return enrolment.status, enrolment.percent


def change(how, lesson, other):
    if how == "delete":
        lesson.delete()
    elif how == "delete the section":
        lesson.get_parent().delete()
    elif how == "unpublish":
        lesson.unpublish()
    elif how == "unpublish the section":
        lesson.get_parent().unpublish()
    elif how == "move":
        lesson.move(lesson_factory.lessons_of(other)[0].get_parent(), pos="last-child")
    else:
        lesson.get_parent().move(other, pos="last-child")


GONE = ["delete", "delete the section", "move", "move the section"]
HIDDEN = ["unpublish", "unpublish the section"]


@pytest.mark.parametrize("how", GONE + HIDDEN)
def test_no_act_of_an_editor_completes_anybody_or_moves_their_percent(enrolment, lessons, other, how):
    do(enrolment, *lessons[:2])

    change(how, lessons[2], other)

    assert state(enrolment) == ("active", 66)
    assert not Message.objects.filter(name="fact:CourseCompleted").exists()


@pytest.mark.parametrize("how", HIDDEN)
def test_a_hidden_lesson_is_still_asked_for(enrolment, lessons, other, how):
    do(enrolment, lessons[0])
    change(how, lessons[2], other)

    before = do(enrolment, lessons[1])
    with pytest.raises(actions.CourseNotComplete):
        actions.complete_course(enrolment=enrolment, now=NOW)
    for hidden in (lessons[2].get_parent(), lessons[2]):
        hidden.refresh_from_db()
        hidden.specific.save_revision().publish()
    lessons[2].refresh_from_db()

    assert before == ("active", 66)
    assert do(enrolment, lessons[2]) == ("completed", 100)


@pytest.mark.parametrize("how", GONE)
def test_what_is_gone_is_still_asked_of_those_who_have_not_done_it(enrolment, lessons, other, how):
    do(enrolment, lessons[0])

    change(how, lessons[2], other)

    assert do(enrolment, lessons[1]) == ("active", 66)
    assert do(enrolment, lessons[0]) == ("active", 66)
    with pytest.raises(actions.CourseNotComplete):
        actions.complete_course(enrolment=enrolment, now=NOW)


@pytest.mark.parametrize("how", ["delete", "move", "unpublish"])
def test_the_outline_says_that_a_lesson_was_taken_away_and_whom_to_ask(learner, page, enrolment, lessons, other, how):
    do(enrolment, lessons[0])
    browser, sentence = client_for(learner), "1 lesson that this course required when you enrolled is not available."
    paths = (page.url, lessons[1].url)

    before = [browser.get(path).content.decode() for path in paths]
    change(how, lessons[2], other)
    after = [" ".join(browser.get(path).content.decode().split()) for path in paths]

    assert not any(sentence in shown for shown in before)
    assert all(sentence in shown and "ask the academy" in shown for shown in after)


def test_a_lesson_taken_away_that_was_done_is_not_missed(learner, page, enrolment, lessons):
    do(enrolment, lessons[0])
    lessons[0].delete()

    assert "not here at present" not in client_for(learner).get(page.url).content.decode()


def ease(page):
    page.refresh_from_db()
    page.completion_rule, page.completion_percent = "percent", 60
    page.save_revision().publish()


def test_who_has_done_all_that_is_left_finishes_by_their_own_act_once_the_rule_is_eased(
    learner, enrolment, lessons, page
):
    do(enrolment, *lessons[:2])
    lessons[2].delete()
    ease(page)
    assert state(enrolment) == ("active", 66)

    shown = client_for(learner).get("/my/").content.decode()
    client_for(learner).post(f"/learn/courses/{enrolment.pk}/finish/")

    assert f"/learn/courses/{enrolment.pk}/finish/" in shown
    assert "ask the academy" in shown
    assert state(enrolment) == ("completed", 100)


def test_finishing_is_for_those_who_have_done_it_and_for_oneself(learner, stranger, enrolment, lessons):
    do(enrolment, lessons[0])
    url = f"/learn/courses/{enrolment.pk}/finish/"

    early, others = client_for(learner).post(url), client_for(stranger).post(url)
    unknown, elsewhere = client_for().post(url), client_for(host="south.localhost").post(url)

    assert (early.status_code, others.status_code) == (409, 404)
    assert {unknown.status_code, elsewhere.status_code} == {302}
    assert state(enrolment) == ("active", 33)


def test_a_lesson_done_again_counts_the_course_anew(enrolment, lessons, page):
    do(enrolment, *lessons[:2])
    ease(page)

    assert do(enrolment, lessons[0]) == ("completed", 100)


def test_a_done_lesson_that_is_deleted_still_counts(enrolment, lessons):
    do(enrolment, lessons[0])
    lessons[0].delete()

    assert do(enrolment, lessons[1]) == ("active", 66)


def test_a_lesson_that_moves_within_its_course_is_the_same(enrolment, lessons):
    lessons[2].move(lessons[0].get_parent(), pos="last-child")
    moved = lesson_factory.LessonPage.objects.get(pk=lessons[2].pk)

    assert do(enrolment, *lessons[:2]) == ("active", 66)
    assert do(enrolment, moved) == ("completed", 100)


def test_lessons_added_later_are_asked_of_those_who_enrol_later(learner, stranger, enrolment, lessons, page):
    added = lesson_factory.lesson(lessons[0].get_parent().specific, TEXT, title="Added")
    late = lesson_factory.enrolled(stranger, page)

    assert do(enrolment, *lessons) == ("completed", 100)
    assert do(late, *lessons) == ("active", 75)
    assert do(late, added) == ("completed", 100)


def test_a_course_may_ask_everybody_for_lessons_added_later(enrolment, lessons, page):
    page.new_lessons_required = True
    page.save()
    added = lesson_factory.lesson(lessons[0].get_parent().specific, TEXT, title="Added")

    assert do(enrolment, *lessons) == ("active", 75)
    assert do(enrolment, added) == ("completed", 100)


@pytest.mark.parametrize(
    ("then", "now", "status"),
    [(("percent", 60), ("all_lessons", 100), "completed"), (("all_lessons", 100), ("percent", 60), "completed"),
     (("all_lessons", 100), ("percent", 90), "active")],
)  # fmt: skip
def test_a_stricter_rule_is_for_newcomers_and_an_easier_one_for_all_at_their_next_act(
    learner, page, lessons, then, now, status
):
    page.completion_rule, page.completion_percent = then
    page.save()
    enrolment = lesson_factory.enrolled(learner, page)
    do(enrolment, lessons[0])

    page.completion_rule, page.completion_percent = now
    page.save_revision().publish()

    assert state(enrolment) == ("active", 33)
    assert do(enrolment, lessons[1])[0] == status


def test_who_enrols_before_there_are_lessons_is_asked_for_those_of_their_first_act(learner, north):
    page = lesson_factory.course("Empty", lessons=[])
    enrolment = lesson_factory.enrolled(learner, page)
    section = page.get_children().first().specific
    first, second = (lesson_factory.lesson(section, TEXT, title=title) for title in ("First", "Second"))

    assert enrolment.requirement_set is None
    assert do(enrolment, first) == ("active", 50)
    assert do(enrolment, second) == ("completed", 100)


def test_all_who_enrol_on_one_day_share_one_row(learner, stranger, page):
    first, second = (lesson_factory.enrolled(person, page) for person in (learner, stranger))

    assert first.requirement_set_id == second.requirement_set_id
    assert RequirementSet.objects.count() == 1


def test_who_comes_back_is_asked_for_what_they_were_asked_at_first(learner, page, lessons, enrolment):
    Enrolment.objects.update(status="expired")
    lesson_factory.lesson(lessons[0].get_parent().specific, TEXT, title="Added")

    again = lesson_factory.enrolled(learner, page)

    assert again.requirement_set_id == enrolment.requirement_set_id


# --- What the editor is told ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("act", "after"), [("unpublish", "published again"), ("delete", "stay required")])
def test_an_editor_is_told_whom_it_touches(editor, enrolment, lessons, act, after):
    do(enrolment, lessons[0])
    browser = client_for(editor)

    missing = browser.get(reverse(f"wagtailadmin_pages:{act}", args=[lessons[2].pk])).content.decode()
    done = browser.get(reverse(f"wagtailadmin_pages:{act}", args=[lessons[0].pk])).content.decode()

    assert "1 learner is taking Sourdough. 1 of them has not completed the lessons that you remove." in missing
    assert after in missing
    assert "All of them have completed the lessons that you remove" in done


def test_an_editor_is_told_before_a_lesson_leaves_for_another_course_only(editor, enrolment, lessons, other):
    browser = client_for(editor)
    section = lesson_factory.lessons_of(other)[0].get_parent()

    away = browser.get(reverse("wagtailadmin_pages:move_confirm", args=[lessons[2].pk, section.pk])).content.decode()
    within = browser.get(
        reverse("wagtailadmin_pages:move_confirm", args=[lessons[2].pk, lessons[0].get_parent().pk])
    ).content.decode()

    assert "1 learner is taking" in away
    assert "is taking" not in within


def test_a_course_without_learners_is_taken_away_without_a_word(editor, lessons):
    page = client_for(editor).get(reverse("wagtailadmin_pages:delete", args=[lessons[2].pk])).content.decode()

    assert "is taking" not in page


def test_nothing_of_it_crosses_academies(enrolment, south):
    assert not RequirementSet.objects.exists()
    with inside("north"):
        assert RequirementSet.objects.exists()
