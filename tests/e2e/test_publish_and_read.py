"""Journey: an editor publishes in the admin; visitors read the page and the API."""

import json

import pytest

from catalog.courses.models import CourseIndexPage, CoursePage, LessonPage, SectionPage
from catalog.events.models import EventIndexPage
from tests.e2e import admin_forms, course_factory

pytestmark = [pytest.mark.threads, pytest.mark.slow]

SECRET = "Fold it four times, then let it rest."


@pytest.fixture
def published_course(academy, worker):
    """A course of one section and two lessons, the first a free preview, written by an editor in the admin."""
    editor = academy.staff("Edda Editor", "Editor")
    index = CourseIndexPage.objects.get()
    admin_forms.add_page(editor, "courses/coursepage", index.pk, admin_forms.course("Sourdough", "sourdough"))
    course = CoursePage.objects.get(slug="sourdough")
    admin_forms.add_page(editor, "courses/sectionpage", course.pk, admin_forms.section("Begin", "begin"))
    section = SectionPage.objects.get(slug="begin")
    for form in (
        admin_forms.lesson("What it is", "what", admin_forms.text("Flour and water."), free_preview="on"),
        admin_forms.lesson("How to fold", "fold", admin_forms.text(SECRET)),
    ):
        admin_forms.add_page(editor, "courses/lessonpage", section.pk, form)
    return editor


def test_a_course_published_in_the_admin_is_read_by_strangers(academy, published_course):
    visitor, program = academy.visitor(), academy.program()

    page = visitor.get("/courses/sourdough/")
    listing = visitor.get("/courses/")
    (card,) = program.get("/api/v2/courses/")["items"]
    whole = program.get(f"/api/v2/courses/{card['id']}/")

    assert page.status == listing.status == 200
    assert page.soup.h1.get_text(strip=True) == "Sourdough"
    assert "What it is" in page.words
    assert "How to fold" in page.words
    assert "Sourdough" in listing.words
    assert (card["title"], card["slug"]) == ("Sourdough", "sourdough")
    assert card["html_url"] == f"{academy.origin}/courses/sourdough/"
    lessons = whole["outline"]["sections"][0]["lessons"]
    assert [(lesson["title"], lesson["kind"], lesson["free_preview"]) for lesson in lessons] == [
        ("What it is", "text", True),
        ("How to fold", "text", False),
    ]


def test_machines_that_visit_find_the_course_and_no_lesson(academy, published_course):
    visitor = academy.visitor()

    page, sitemap = visitor.get("/courses/sourdough/"), visitor.get("/sitemap.xml")

    assert page.soup.find("link", rel="canonical")["href"] == f"{academy.origin}/courses/sourdough/"
    assert page.soup.find("meta", property="og:title")["content"] == "Sourdough"
    assert f"{academy.origin}/courses/sourdough/" in sitemap.text
    assert "/begin/what/" in sitemap.text
    assert "/fold/" not in sitemap.text
    assert "/begin/</loc>" not in sitemap.text
    assert f"Sitemap: {academy.origin}/sitemap.xml" in visitor.get("/robots.txt").text.splitlines()


def test_what_search_engines_are_told_is_what_people_read(academy, published_course):
    admin_forms.add_page(
        published_course,
        "events/eventpage",
        EventIndexPage.objects.get().pk,
        admin_forms.event("Open kitchen", "open-kitchen", seats=20, price_minor=3500),
    )
    course_factory.plan(CoursePage.objects.get(slug="sourdough"))
    visitor, program = academy.visitor(), academy.program()

    course, *more = _structured(visitor.get("/courses/sourdough/"))
    event, *_ = _structured(visitor.get("/events/open-kitchen/"))
    (card,) = program.get("/api/v2/courses/")["items"]

    assert (course["@type"], course["name"], course["url"]) == (
        "Course",
        "Sourdough",
        f"{academy.origin}/courses/sourdough/",
    )
    assert course["offers"][0]["price"] == "49.00"
    assert visitor.get(course["offers"][0]["url"]).status == 200
    assert [item["name"] for item in more[0]["itemListElement"]] == ["The Arena", "Courses", "Sourdough"]
    assert course == program.get(f"/api/v2/courses/{card['id']}/")["structured_data"]
    assert event["@type"] == "EducationEvent"
    assert event["offers"]["price"] == "35.00"
    assert event["startDate"][-6] in "+-"


def _structured(page):
    (script,) = page.soup.find_all("script", type="application/ld+json")
    return json.loads(script.string)


def test_a_lesson_is_kept_from_those_who_have_not_enrolled(academy, published_course):
    visitor, program = academy.visitor(), academy.program()

    free, paid = visitor.get("/courses/sourdough/begin/what/"), visitor.get("/courses/sourdough/begin/fold/")
    listed = program.get("/api/v2/pages/?type=courses.LessonPage")
    sought = program.get("/api/v2/pages/?search=fold")
    direct = program.ask("GET", f"/api/v2/pages/{LessonPage.objects.get(slug='fold').pk}/")

    assert "Flour and water." in free.words
    assert paid.at.startswith("/courses/sourdough/")
    assert SECRET not in paid.text
    assert [item["title"] for item in listed["items"]] == ["What it is"]
    assert listed["meta"]["total_count"] == 1
    assert sought["meta"]["total_count"] == 0
    assert direct.status_code == 404
    assert SECRET not in json.dumps([listed, sought]) + direct.text


def test_a_draft_is_nobody_s_business(academy, worker):
    editor, visitor = academy.staff("Edda Editor", "Editor"), academy.visitor()
    form = admin_forms.course("Rye", "rye")

    admin_forms.add_page(editor, "courses/coursepage", CourseIndexPage.objects.get().pk, form, publish=False)

    assert CoursePage.objects.get(slug="rye").live is False
    assert visitor.get("/courses/rye/").status == 404
    assert "Rye" not in visitor.get("/courses/").words
    assert academy.program().get("/api/v2/courses/")["items"] == []
    assert academy.program().get("/api/v2/pages/?search=Rye")["items"] == []


def test_a_change_is_seen_as_soon_as_it_is_published(academy, published_course):
    visitor, program = academy.visitor(), academy.program()
    course = CoursePage.objects.get(slug="sourdough")
    assert "Sourdough" in visitor.get("/courses/sourdough/").words

    path = f"/admin/pages/{course.pk}/edit/"
    token = published_course.get(path).soup.find("input", {"name": "csrfmiddlewaretoken"})["value"]
    form = admin_forms.nested_form_data(admin_forms.course("Sourdough", "sourdough", summary="Now with rye."))
    published_course.post(path, {**form, "csrfmiddlewaretoken": token, "action-publish": "1"})

    assert "Now with rye." in visitor.get("/courses/sourdough/").words
    assert program.get("/api/v2/courses/")["items"][0]["summary"] == "Now with rye."


def test_an_event_published_in_the_admin_says_what_people_decide_by(academy, worker):
    editor, visitor = academy.staff("Edda Editor", "Editor"), academy.visitor()
    form = admin_forms.event("Open kitchen", "open-kitchen", seats=20, price_minor=3500)

    admin_forms.add_page(editor, "events/eventpage", EventIndexPage.objects.get().pk, form)
    page = visitor.get("/events/open-kitchen/")
    (card,) = academy.program().get("/api/v2/events/")["items"]

    assert page.soup.h1.get_text(strip=True) == "Open kitchen"
    assert "20" in page.words
    assert "€35" in page.words
    assert card["price"] == {"amount_minor": 3500, "currency": "EUR"}
    assert "Ring the bell" not in page.text
    assert "Open kitchen" in visitor.get("/events/").words
