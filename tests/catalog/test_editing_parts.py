"""Editing sections and lessons in the admin: navigation from the course, and validation."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from academies.tenants.context import inside
from catalog.courses.models import CourseIndexPage, LessonPage
from catalog.events.models import Venue
from tests.fixtures import catalog_factory


@pytest.fixture
def desk(north, editor):
    client = Client(headers={"host": "north.localhost"})
    client.force_login(editor)
    return client


def _edit(page):
    return reverse("wagtailadmin_pages:edit", args=(page.pk,))


def _add(model, parent):
    return reverse("wagtailadmin_pages:add", args=("courses", model, parent.pk))


def test_a_course_s_form_leads_to_its_sections_and_lessons(desk):
    course = catalog_factory.whole_course()
    section = course.get_children().first()
    lesson = section.get_children().first()
    lesson.specific.unpublish()

    page = desk.get(_edit(course)).content.decode()

    for address in (_add("sectionpage", course), _add("lessonpage", section), _edit(section), _edit(lesson)):
        assert f'href="{address}"' in page
    assert '<span class="w-status">draft</span>' in page


def test_a_section_s_form_leads_to_its_lessons(desk):
    section = catalog_factory.whole_course().get_children().first()

    page = desk.get(_edit(section)).content.decode()

    assert f'href="{_add("lessonpage", section)}"' in page
    assert _edit(section.get_children().first()) in page


def test_a_new_course_says_when_its_sections_come(desk):
    page = desk.get(_add("coursepage", CourseIndexPage.objects.get())).content.decode()

    assert "can be added here as soon as this page has been saved" in page


@pytest.mark.parametrize(("name", "title"), [("course_listing:index", "Courses"), ("event_listing:index", "Events")])
def test_a_list_is_called_what_the_menu_calls_it(name, title, desk):
    page = desk.get(reverse(name)).content.decode()

    assert f"<title>{title} -" in " ".join(page.split()).replace("<title> ", "<title>")


@pytest.mark.parametrize(("zone", "saved"), [("Europe/London", 1), ("Europe/Londno", 0)])
def test_a_venue_s_clock_is_one_that_there_is(desk, zone, saved):
    venue = {"name": "Mill", "slug": "mill", "time_zone": zone, "address": "", "city": "", "country": ""}

    desk.post(reverse("wagtailsnippets_events_venue:add"), {**venue, "action-publish": "1"})

    with inside("north"):
        assert Venue.objects.filter(live=True).count() == saved


def test_a_lesson_in_which_nothing_is_chosen_yet_is_previewed_and_kept_and_not_published(desk):
    section = catalog_factory.section(catalog_factory.course())
    address = _add("lessonpage", section)
    preview = reverse("wagtailadmin_pages:preview_on_add", args=("courses", "lessonpage", section.pk))
    form = nested_form_data(
        {"title": "Oil", "slug": "oil", "minutes": "10", "activity": streamfield([]), "comments": inline_formset([])}
    )

    desk.post(preview, form)
    shown = desk.get(preview)
    desk.post(address, {**form, "action-publish": "1"})
    with inside("north"):
        published = LessonPage.objects.filter(live=True).count()
    desk.post(address, form)

    assert shown.status_code == 200
    assert "Oil" in shown.content.decode()
    assert published == 0
    with inside("north"):
        lesson = LessonPage.objects.get()
    assert desk.get(reverse("wagtailadmin_pages:view_draft", args=(lesson.pk,))).status_code == 200
