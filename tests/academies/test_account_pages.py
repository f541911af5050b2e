"""Account pages: sign-up, sign-in and password pages follow the same rules as the API."""

import pytest
from django.core import mail
from django.test import Client

from academies.kernel import clock
from academies.outbox import actions as outbox
from academies.people import actions, links
from academies.people.models import User
from academies.tenants.context import inside
from tests.fixtures.people import PASSWORD, make_person

FORM = {
    "full_name": "Nadia Neumann",
    "email": "Nadia@Example.org",
    "password1": "Sourdough-7",
    "date_of_birth": "1990-01-15",
}


@pytest.fixture
def browser(north):
    return Client(headers={"host": "north.localhost"})


def test_signing_up_makes_a_learner_and_signs_in(browser):
    page = browser.post("/account/signup/", FORM)

    assert page.status_code == 302
    assert browser.get("/api/v1/users/me/").json() | {"id": ""} == {
        "id": "",
        "full_name": "Nadia Neumann",
        "email": "nadia@example.org",
        "date_of_birth": "1990-01-15",
        "created_at": browser.get("/api/v1/users/me/").json()["created_at"],
        "updated_at": browser.get("/api/v1/users/me/").json()["updated_at"],
        "bio": "",
        "location": "",
        "roles": ["Learner"],
        "email_verified": False,
    }
    with inside("north"):
        outbox.drain()
    assert [letter.to for letter in mail.outbox] == [["nadia@example.org"]]
    assert "/account/confirm-email/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "N4dia"),
        ("email", "nadia@localhost"),
        ("password1", "sourdough"),
        ("date_of_birth", "2020-01-01"),
        ("full_name", "Na\0dia"),
    ],
)
def test_each_field_has_its_rule(browser, field, value):
    page = browser.post("/account/signup/", {**FORM, field: value})

    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    with inside("north"):
        assert not User.objects.exists()


def test_a_password_made_of_one_s_name_is_refused_by_page_and_api(browser):
    page = browser.post("/account/signup/", {**FORM, "password1": "Neumann-7"})
    payload = {**FORM, "password": "Neumann-7"}
    response = browser.post("/api/v1/auth/signup/", payload, content_type="application/json")

    assert list(page.context["form"].errors) == ["password1"]
    assert list(response.json()["fields"]) == ["password"]


def test_an_account_made_by_page_or_api_works_in_the_other(browser):
    browser.post("/account/signup/", FORM)

    response = Client(headers={"host": "north.localhost"}).post(
        "/api/v1/auth/login/",
        {"email": FORM["email"], "password": FORM["password1"]},
        content_type="application/json",
    )

    assert response.status_code == 200


def test_a_taken_address_makes_no_second_account(browser, learner):
    browser.post("/account/signup/", {**FORM, "email": "LENA@north.example"})

    with inside("north"):
        assert User.objects.count() == 1


def test_a_learner_signs_in_and_out(browser, learner):
    page = browser.post("/account/login/", {"login": "Lena@North.example", "password": PASSWORD})
    signed_in = browser.get("/api/v1/auth/profile/").status_code
    browser.post("/account/logout/")

    assert page.status_code == 302
    assert signed_in == 200
    assert browser.get("/api/v1/auth/profile/").status_code == 401


def test_signing_out_needs_a_post(browser, learner):
    browser.post("/account/login/", {"login": learner.email, "password": PASSWORD})

    browser.get("/account/logout/")

    assert browser.get("/api/v1/auth/profile/").status_code == 200


def test_signing_in_makes_a_new_session(browser, learner):
    browser.get("/account/login/")
    browser.cookies["sessionid"] = "a" * 32

    browser.post("/account/login/", {"login": learner.email, "password": PASSWORD})

    assert browser.cookies["sessionid"].value != "a" * 32


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "http://south.localhost:8000/", "/\\evil.example", "javascript:alert(1)",
        "https://north.localhost.evil.example/", "http://north.localhost@evil.example/",
    ],
)  # fmt: skip
def test_signing_in_leads_to_no_other_host(browser, learner, target):
    page = browser.post(
        f"/account/login/?next={target}", {"login": learner.email, "password": PASSWORD, "next": target}
    )

    assert page.status_code == 302
    assert page["Location"] == "/my/"


def test_signing_in_leads_back_to_where_one_was(browser, learner):
    page = browser.post("/account/login/", {"login": learner.email, "password": PASSWORD, "next": "/courses/"})

    assert page["Location"] == "/courses/"


@pytest.mark.parametrize("role", ["Owner", "Editor", "Teacher", "Finance", "Front desk", "Learner"])
def test_staff_begin_in_the_admin_and_learners_with_what_they_learn(browser, north, role):
    someone = make_person("Sasha Someone", role)
    target = "/my/" if role == "Learner" else "/admin/"

    page = browser.post("/account/login/", {"login": someone.email, "password": PASSWORD})
    bar = browser.get("/my/").content.decode().partition("</header>")[0]

    assert page["Location"] == target
    assert ('href="/admin/"' in bar) == (role != "Learner")


@pytest.mark.parametrize("target", ["/courses/", "//evil.example/"])
def test_staff_are_led_where_they_were_and_never_to_another_host(browser, editor, target):
    page = browser.post("/account/login/", {"login": editor.email, "password": PASSWORD, "next": target})

    assert page["Location"] == ("/courses/" if target == "/courses/" else "/admin/")


def test_an_invited_owner_chooses_a_password_and_is_in_the_admin(browser, owner):
    invited = actions.invite(email="ines@north.example", full_name="Ines", role="Owner", by=owner, now=clock.now())
    form = browser.get(links.reset_path(invited), follow=True).redirect_chain[-1][0]

    page = browser.post(form, {"password1": "Rye-and-salt-9", "password2": "Rye-and-salt-9"})

    assert page["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("email", ["lena@north.example", "nobody@north.example"])
def test_asking_for_a_new_password_says_the_same_for_everybody(browser, learner, email):
    page = browser.post("/account/password/reset/", {"email": email})

    assert page.status_code == 302
    assert page["Location"] == "/account/password/reset/done/"


def test_the_password_reset_email_is_the_academys(browser, learner):
    browser.post("/account/password/reset/", {"email": learner.email})

    with inside("north"):
        outbox.drain()

    assert [letter.subject for letter in mail.outbox] == ["Choose a new password for Northlight School of Baking"]
    assert "http://north.localhost:8000/account/password/reset/key/" in mail.outbox[0].body


def test_the_confirmation_page_confirms(browser):
    browser.post("/account/signup/", FORM)
    with inside("north"):
        outbox.drain()
    link = next(word for word in mail.outbox[0].body.split() if word.startswith("http"))

    confirmation = browser.get(link.removeprefix("http://north.localhost:8000"))
    browser.post(link.removeprefix("http://north.localhost:8000"))

    assert b"nadia@example.org" in confirmation.content
    with inside("north"):
        from allauth.account.models import EmailAddress

        assert EmailAddress.objects.get().verified


def test_the_admin_has_no_sign_in_of_its_own(browser):
    page = browser.get("/admin/login/?next=/admin/pages/")

    assert page.status_code == 302
    assert page["Location"] == "/account/login/?next=%2Fadmin%2Fpages%2F"


@pytest.mark.parametrize("path", ["/account/email/"])
def test_one_account_has_one_address(browser, learner, path):
    with inside("north"):
        browser.force_login(learner)

    assert browser.get(path).status_code == 404
    assert browser.post(path, {"email": "other@evil.example", "action_add": ""}).status_code == 404


def test_what_is_wrong_is_summed_up_in_the_order_of_the_page(browser):
    page = browser.post("/account/signup/", {}).content.decode()

    summary = page[page.index('role="alert"') : page.index("<form")]
    places = [summary.index(f'href="#id_{name}"') for name in ("full_name", "email", "password1", "date_of_birth")]
    assert places == sorted(places)


def test_signing_up_says_in_our_words_what_to_do_next(browser):
    page = browser.post("/account/signup/", FORM, follow=True).content.decode()

    assert "We have emailed a link to nadia@example.org" in page
    assert "Successfully signed in" not in page


@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_what_is_wrong_with_an_address_is_said_of_the_e_mail(north, page):
    answer = Client().post(f"/account/{page}/", {}, headers={"host": "north.localhost"}).content.decode()

    assert "Email: This field is required." in answer
