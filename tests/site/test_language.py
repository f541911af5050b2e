"""Languages: pages follow the academy's language, the API the Accept-Language header."""

import re

import pytest
from django.test import Client
from django.utils import translation
from wagtail.users.models import UserProfile

from academies.kernel import clock
from academies.kernel.money import Money
from academies.notifications import actions as notices
from academies.notifications.models import Delivery
from academies.people.models import Profile
from academies.tenants import queries
from academies.tenants.models import Academy
from academies.tenants.money_format import format_money
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value="|data-csrf=")[^"]*')
LANG = re.compile(r'<html lang="([^"]*)"')


def visitor(language, person=None):
    client = Client(headers={"host": "north.localhost", "accept-language": language})
    if person is not None:
        client.force_login(person)
    client.cookies["django_language"] = language
    return client


def words_of(response):
    return TOKEN.sub(r"\1", response.content.decode())


@pytest.fixture
def set_language(north):
    """Make north an academy of another language, as `create_academy --language` does."""

    def change(language):
        Academy.objects.filter(schema_name="north").update(language=language)
        queries.forget()

    yield change
    Academy.objects.filter(schema_name="north").update(language="en")
    queries.forget()


def test_a_spanish_browser_sees_what_an_english_one_sees(north):
    catalog_factory.plan(catalog_factory.whole_course())
    catalog_factory.event()
    english, spanish = visitor("en"), visitor("es-MX,es;q=0.9")

    for path in ("/", "/courses/", "/courses/?q=rye", "/events/", "/events/open-kitchen/", "/courses/sourdough/",
                 "/account/login/", "/account/signup/", "/account/password/reset/", "/verify/", "/nope/"):  # fmt: skip
        response = spanish.get(path)
        assert words_of(response) == words_of(english.get(path)), path
        assert LANG.search(words_of(response))[1] == "en"
        assert response["Content-Language"] == "en"
        assert "accept-language" not in response.get("Vary", "").lower()


def test_errors_of_forms_are_in_the_language_of_the_page(north, learner):
    wrong = {"email": "no address", "password1": "short", "login": "nobody@north.example", "password": "x"}

    for path in ("/account/signup/", "/account/login/", "/account/password/reset/"):
        theirs, ours = visitor("es").post(path, wrong), visitor("en").post(path, wrong)
        assert theirs.status_code == 200
        assert words_of(theirs) == words_of(ours), path
    assert "Enter a valid email address." in words_of(visitor("es").post("/account/signup/", wrong))


def test_a_page_of_ones_own_is_in_that_language_too(north, learner):
    assert words_of(visitor("es", learner).get("/my/")) == words_of(visitor("en", learner).get("/my/"))


def test_an_academy_of_a_language_that_is_not_complete_is_not_half_in_it(north, set_language, settings):
    catalog_factory.event()
    settings.COMPLETE_LANGUAGES = ["en"]
    before = words_of(visitor("en").get("/events/open-kitchen/"))

    set_language("es")
    response = visitor("es").get("/events/open-kitchen/")

    assert words_of(response) == before
    assert response["Content-Language"] == "en"


def test_one_that_is_complete_is_wholly_in_it(north, set_language, settings):
    set_language("es")

    response = visitor("en").post("/account/signup/", {"email": "no address"})

    assert response["Content-Language"] == "es"
    assert LANG.search(words_of(response))[1] == "es"
    assert "Enter a valid email address." not in words_of(response)


def test_the_setting_of_who_is_signed_in_wins(north, learner, set_language):
    Profile.objects.create(person=learner, language="es", updated_at=clock.now())
    english, spanish = visitor("en").get("/courses/"), visitor("en", learner).get("/courses/")

    assert (english["Content-Language"], spanish["Content-Language"]) == ("en", "es")
    assert LANG.search(words_of(spanish))[1] == "es"
    assert "Mi aprendizaje" in words_of(spanish)
    # What the browser asks for, and a language that the pages don't exist in, choose nothing.
    Profile.objects.update(language="ar")
    assert visitor("es", learner).get("/courses/")["Content-Language"] == "en"


@pytest.mark.parametrize("path", ["/api/v1/orders/", "/api/v2/orders/"])
def test_programs_choose_by_accept_language(north, path):
    responses = {language: visitor(language).get(path) for language in ("en", "es")}

    assert responses["es"]["Content-Language"] == "es"
    assert responses["es"].json()["detail"] != responses["en"].json()["detail"]
    # A cookie of a browser chooses nothing.
    client = Client(headers={"host": "north.localhost", "accept-language": "en"})
    client.cookies["django_language"] = "es"
    assert client.get(path).json() == responses["en"].json()


def test_the_admin_is_in_ones_own_language_or_the_academys(north, owner):
    assert "Contraseña" not in visitor("es", owner).get("/admin/").content.decode()
    assert LANG.search(visitor("es", owner).get("/admin/").content.decode())[1] == "en"

    UserProfile.objects.update_or_create(user=owner, defaults={"preferred_language": "es"})

    assert LANG.search(visitor("en", owner).get("/admin/").content.decode())[1] == "es"


def test_an_email_is_composed_in_the_academys_language(north, learner, monkeypatch):
    delivery = Delivery(kind="password_reset", person=learner, to=learner.email, context={"name": "Lena"})
    monkeypatch.setattr(notices, "render_to_string", lambda *_: f"{translation.get_language()}\nbody")

    with translation.override("es"):
        assert notices.compose(delivery)[0] == "en"
        assert translation.get_language() == "es"


@pytest.mark.parametrize(
    ("language", "plain", "with_pence", "without_a_sign"),
    [("en", "£1,234", "£1,234.50", "9\u00a0CHF"), ("es", "1\u00a0234\u00a0£", "1\u00a0234,50\u00a0£", "9\u00a0CHF")],
)
def test_money_is_written_as_the_language_does(language, plain, with_pence, without_a_sign):
    with translation.override(language):
        assert format_money(Money(123400, "GBP")) == plain
        assert format_money(Money(123450, "GBP")) == with_pence
        assert format_money(Money(900, "CHF")) == without_a_sign


def test_a_number_stands_in_front_of_what_is_counted(north):
    course = catalog_factory.whole_course()
    type(course).objects.update(cpd_credits=2)

    page = " ".join(words_of(visitor("en").get("/courses/sourdough/")).split())

    assert re.search(r">\s*2 CPD credits\s*<", page)
    assert re.search(r"\d lessons?\b", page)


def test_dates_prices_and_plurals_follow_the_language(north, set_language):
    course = catalog_factory.whole_course()
    catalog_factory.plan(course)
    catalog_factory.event()
    set_language("es")

    course_page = words_of(visitor("en").get("/courses/sourdough/"))
    event_page = words_of(visitor("en").get("/events/open-kitchen/"))

    assert re.search(r"\d lecciones", course_page)
    assert re.search(r"\d\u00a0£", course_page)
    assert re.search(r"\w+ \d+ de \w+ de \d{4}, \d\d:\d\d", event_page)


@pytest.mark.parametrize("path", ["/nope/", "/admin/nope/"])
def test_an_error_page_names_its_language(north, set_language, path):
    set_language("es")

    response = visitor("en").get(path)

    assert response.status_code in (302, 404)
    if response.status_code == 404:
        assert LANG.search(words_of(response))[1] == "es"
        assert "Página no encontrada" in words_of(response)
