"""Journey: create an academy by one command, sign in from the invitation email, publish."""

import re

import pytest
from django.core import mail
from django.core.management import call_command
from django_tenants.utils import get_public_schema_name, schema_context

from academies.kernel import faultpoints
from academies.tenants import actions as tenants
from academies.tenants.context import inside
from academies.tenants.models import Academy as Registered
from academies.tenants.models import Domain
from catalog.courses.models import CourseIndexPage, CoursePage
from tests.e2e import admin_forms
from tests.e2e.clients import PASSWORD
from tests.e2e.conftest import Academy, at_work
from tests.fixtures.webhook_receiver import wait_until

pytestmark = [pytest.mark.threads, pytest.mark.slow]

HOST = "rye-and-co.localhost"


@pytest.fixture
def new_host(port, committed_academy):
    """The place where the new academy will stand, cleared before and after."""
    with schema_context(get_public_schema_name()):
        tenants.discard(schema="rye_and_co")
    yield Academy(HOST, port)
    with schema_context(get_public_schema_name()):
        tenants.discard(schema="rye_and_co")


def _found() -> None:
    call_command(
        "create_academy",
        "rye_and_co",
        "Rye & Co",
        HOST,
        "--owner",
        "ada.rye@rye.example",
        "--currency",
        "CHF",
        verbosity=0,
    )


def test_one_command_founds_an_academy_whose_owner_publishes(new_host, capsys):
    visitor, owner = new_host.visitor(), new_host.visitor()
    assert visitor.get("/").status == 404

    # One command, and the address answers.
    _found()
    assert f"{new_host.origin}/" in capsys.readouterr().out
    assert visitor.get("/").status == visitor.get("/courses/").status == 200
    assert "Rye & Co" in visitor.get("/").soup.title.get_text()

    with inside("rye_and_co"), at_work():
        # The invitation lets its owner in, once.
        wait_until(lambda: mail.outbox)
        (invitation,) = [email for email in mail.outbox if email.to == ["ada.rye@rye.example"]]
        link = re.search(rf"{re.escape(new_host.origin)}(/\S+)", invitation.body).group(1)
        chosen = owner.get(link).fill(password1=PASSWORD, password2=PASSWORD)
        assert chosen.status == 200
        assert chosen.at.startswith("/admin/")
        spent = new_host.visitor().get(link)
        assert not spent.soup.find("input", {"type": "password"})

        # The dashboard says what to do first; a course is published, and strangers read it.
        dashboard = owner.get("/admin/")
        assert "Publish your first course" in dashboard.text
        index = CourseIndexPage.objects.get()
        admin_forms.add_page(owner, "courses/coursepage", index.pk, admin_forms.course("Rye bread", "rye-bread"))
        assert CoursePage.objects.get().live
        assert visitor.get("/courses/rye-bread/").status == 200
        card = new_host.program().get("/api/v2/courses/")["items"][0]
        assert card["html_url"] == f"{new_host.origin}/courses/rye-bread/"


def test_what_is_new_knows_nothing_of_the_others(new_host, committed_academy):
    committed_host = Academy(committed_academy.domain_url, new_host.port)
    with inside(committed_academy.schema_name):
        committed_host.person("Olga Owner", "Owner")
    _found()

    abroad = (
        new_host.visitor()
        .get("/account/login/")
        .fill("/account/login/", login="olga@journeys.example", password=PASSWORD)
    )

    assert "/account/login/" in abroad.at
    assert new_host.program().get("/api/v2/courses/")["meta"]["total_count"] == 0
    assert committed_host.visitor().get("/").status == 200


def test_a_making_that_was_interrupted_goes_on_and_answers_only_when_whole(new_host, monkeypatch):
    visitor = new_host.visitor()

    def power_cut():
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setitem(faultpoints.armed, "provision.domain", power_cut)
        with pytest.raises(KeyboardInterrupt):
            _found()
    assert visitor.get("/").status == 404
    with schema_context(get_public_schema_name()):
        assert Registered.objects.get(schema_name="rye_and_co").step == "owner"
        assert not Domain.objects.filter(domain=HOST).exists()

    _found()

    assert visitor.get("/").status == 200


def test_closing_for_a_while_says_so_and_opening_brings_everything_back(new_host):
    _found()
    visitor = new_host.visitor()
    assert visitor.get("/").status == 200

    _set_status(Registered.Status.SUSPENDED)
    closed = visitor.get("/")
    _set_status(Registered.Status.LIVE)

    assert closed.status == 503
    assert closed.answer.headers["Retry-After"]
    assert visitor.get("/").status == 200


def _set_status(status):
    from academies.tenants import queries

    with schema_context(get_public_schema_name()):
        Registered.objects.filter(schema_name="rye_and_co").update(status=status)
    queries.forget()
