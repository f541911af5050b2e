"""Journeys in a real browser: buy, learn, verify; accessibility of the pages."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from academies.outbox import actions as outbox
from academies.tenants import queries as tenants
from catalog.courses.models import CourseInstructor, CoursePage, Instructor
from catalog.library.models import AcademyDocument
from commerce.certificates.models import Certificate
from commerce.enrolments.models import Enrolment
from lyceum_dev.demo import loader
from lyceum_dev.standins.stripe.harness import PAYS
from tests.e2e import chromium, course_factory
from tests.e2e.chromium import Window
from tests.e2e.clients import PASSWORD
from tests.fixtures import catalog_factory

pytestmark = [pytest.mark.threads, pytest.mark.slow, pytest.mark.browser]

FILM = "four-folds"


@pytest.fixture(scope="module")
def browser():
    with chromium.running() as browser:
        yield browser


@pytest.fixture
def window(browser, academy):
    opened = Window.opened(browser, academy.origin)
    yield opened
    opened.page.context.close()
    assert not opened.trouble, opened.trouble


@pytest.fixture
def course(academy):
    """A course as an academy would have it: covered, taught by somebody, with a film, a sheet and a quiz."""
    film = AcademyDocument.objects.create(
        title="Four folds", file=ContentFile(loader.read_file("north", "videos", f"{FILM}.webm"), f"{FILM}.webm")
    )
    words = AcademyDocument.objects.create(
        title="Captions", file=ContentFile(loader.read_file("north", "videos", f"{FILM}.vtt"), f"{FILM}.vtt")
    )
    sheet = AcademyDocument.objects.create(title="Timetable", file=ContentFile(b"%PDF-1.4\n%%EOF\n", "timetable.pdf"))
    video = {"url": "", "file": film.pk, "captions": words.pk, "duration_seconds": 3, "must_watch_percent": 60}
    pdf = {"file": sheet.pk, "introduction": "<p>Print it and hang it beside the oven.</p>"}
    lessons = (course_factory.TEXT, ("video", video), ("pdf", pdf), course_factory.QUIZ)
    page = course_factory.course(
        lessons=lessons, cover=catalog_factory.picture(), category=catalog_factory.category(), effort="2 hours a week"
    )
    first = course_factory.lesson_factory.lessons_of(page)[0]
    first.free_preview = True
    first.save_revision().publish()
    teacher = Instructor.objects.create(name="Maren Holt", slug="maren-holt", role="Baker", biography="<p>Bakes.</p>")
    CourseInstructor.objects.create(course=page, instructor=teacher)
    course_factory.plan(page)
    return CoursePage.objects.get(pk=page.pk)


def _sign_up(window, full_name="Lena Learner"):
    page = window.go("/account/signup/")
    page.get_by_label("Full name").fill(full_name)
    page.get_by_label("Email").fill(f"{full_name.split()[0].lower()}@journeys.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Date of birth").fill("1990-04-01")
    page.get_by_role("button", name="Create the account").click()
    page.wait_for_url("**/my/**")


def test_somebody_buys_learns_and_is_believed(academy, worker, standin, course, browser, window):
    page, stranger = window.page, Window.opened(browser, academy.origin)
    _sign_up(window)

    # Buy.
    window.go(course.url)
    page.get_by_role("complementary", name="Enrol").get_by_role("link", name="Enrol now").click()
    assert "€49" in window.words()
    window.shoot("journey-1-review")
    page.get_by_role("button", name="Pay €49").click()
    page.wait_for_url(f"{standin.base_url}/**")
    window.shoot("journey-2-payment")
    page.locator("[name=card_number]").fill(PAYS)
    page.locator("[name=card_number]").press("Enter")
    page.wait_for_url(f"{academy.origin}/**")
    page.get_by_role("heading", name="Thank you").wait_for()
    window.shoot("journey-3-thanks")
    page.get_by_role("link", name="Start learning").click()

    # Learn: read, watch, open, answer.
    page.get_by_role("complementary", name="Enrol").get_by_role("link", name="Begin").click()
    window.shoot("journey-4-text")
    page.get_by_role("button", name="Done, next").click()
    _watch(page)
    window.shoot("journey-5-video")
    page.get_by_role("link", name="Next:").click()
    window.shoot("journey-6-pdf")
    page.get_by_role("button", name="Done, next").click()
    window.shoot("journey-7-quiz")
    page.get_by_role("button", name="Start the quiz").click()
    page.get_by_label(course_factory.WRONG).check()
    window.shoot("journey-8-paper")
    page.get_by_role("button", name="Submit", exact=True).click()
    page.get_by_role("heading", name="Not passed yet").wait_for()
    page.get_by_role("button", name="Try again").click()
    page.get_by_label(course_factory.RIGHT).check()
    page.get_by_role("button", name="Submit", exact=True).click()
    page.get_by_role("heading", name="Passed").wait_for()
    window.shoot("journey-9-result")
    assert Enrolment.objects.get().status == "completed"

    # Prove.
    page.locator(".nextbar").get_by_role("link", name="My learning").click()
    page.get_by_text("Completed on").wait_for()
    _reload_until(page, lambda: page.get_by_role("link", name="Public page").count())
    window.shoot("journey-10-my-learning")
    with page.expect_download() as download:
        page.get_by_role("link", name="Certificate (PDF)").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    stranger.go(f"/verify/{Certificate.objects.get().code}/")
    assert "This certificate is valid" in stranger.words()
    assert "Lena Learner" in stranger.words()
    stranger.shoot("journey-11-verify")
    assert not stranger.trouble
    stranger.page.context.close()


def _watch(page):
    """Play the film a second at a time, until the page says that it was watched; each pause sends a report."""
    film = page.locator("video")
    for _ in range(12):
        film.evaluate("film => { film.muted = true; return film.play() }")
        page.wait_for_timeout(1000)
        film.evaluate("film => film.pause()")
        page.wait_for_timeout(200)
        if page.get_by_text("Watched. This lesson is done.").count():
            return
    raise AssertionError("the film was never watched")


def _reload_until(page, seen, tries=40):
    for _ in range(tries):
        if seen():
            return
        page.wait_for_timeout(100)
        page.reload()
    raise AssertionError(f"{page.url} never showed it")


def test_no_page_keeps_anybody_out(academy, standin, course, window):
    event = catalog_factory.event("Open kitchen evening", cover=catalog_factory.picture("A table"))
    paid = catalog_factory.event("Croissant workshop", seats=8, price=3500)
    lessons = course_factory.lesson_factory.lessons_of(course)
    outbox.drain()
    strangers = {
        "home": "/", "courses": "/courses/", "courses-found": "/courses/?q=nothing+like+it", "course": course.url,
        "lesson-free": lessons[0].url, "events": "/events/", "event": event.url, "event-paid": paid.url,
        "sign-up": "/account/signup/", "sign-in": "/account/login/", "reset": "/account/password/reset/",
        "verify-unknown": "/verify/NO-SUCH-CODE/", "missing": "/nothing/here/",
    }  # fmt: skip
    barriers = _look(window, strangers)

    _sign_up(window)
    person = academy_person()
    course_factory.lesson_factory.enrolled(person, course)
    outbox.drain()
    own = {
        "review": f"/checkout/offering/{paid.offerings.get().pk}/", "course-enrolled": course.url, "lesson-text": lessons[0].url,
        "lesson-video": lessons[1].url, "lesson-pdf": lessons[2].url, "lesson-quiz": lessons[3].url, "my-learning": "/my/",
        "my-orders": "/my/orders/",
    }  # fmt: skip
    barriers += _look(window, own)

    assert not barriers, "\n".join(barriers)


def test_an_arabic_academy_reads_from_right_to_left(academy, committed_academy, course, window, settings):
    """Our own words are English until they have an Arabic catalogue; the libraries' words and the layout are Arabic."""
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    settings.COMPLETE_LANGUAGES = [*settings.COMPLETE_LANGUAGES, "ar"]
    type(committed_academy).objects.filter(pk=committed_academy.pk).update(language="ar")
    tenants.forget()
    lesson = course_factory.lesson_factory.lessons_of(course)[0]

    pages = {"home": "/", "course": course.url, "lesson": lesson.url, "sign-up": "/account/signup/", "missing": "/no/"}
    for name, path in pages.items():
        page = window.go(path)
        window.shoot(f"right-to-left-{name}")
        html = page.locator("html")
        assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("ar", "rtl")
        mark, links = page.locator("header .mark").bounding_box(), page.locator("header nav").bounding_box()
        assert mark["x"] > links["x"]
        heading = page.locator("h1").first
        assert heading.evaluate("one => getComputedStyle(one).textAlign") in ("start", "right")


def academy_person():
    from academies.people.models import User

    return User.objects.get(email="lena@journeys.example")


def _look(window, pages):
    barriers = []
    for name, path in pages.items():
        window.go(path)
        window.shoot(name)
        barriers += window.barriers()
    return barriers
