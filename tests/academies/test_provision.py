"""Provisioning: an academy is created completely or not at all."""

import time
from dataclasses import replace

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, schema_context
from wagtail.models import Site

from academies.inbox import actions as inbox
from academies.inbox.models import WebhookEvent
from academies.kernel import clock, faultpoints
from academies.kernel.errors import Invalid
from academies.people.models import User
from academies.tenants import actions, queries, schema_template
from academies.tenants.actions import AcademySpec, NameTaken, provision
from academies.tenants.context import inside
from academies.tenants.middleware import AcademyMiddleware
from academies.tenants.models import Academy, Domain, TemplateArtefact, check_new_name
from home.pages.models import HomePage
from tests.fixtures.untraced import untraced

pytestmark = pytest.mark.threads

SPEC = AcademySpec(
    schema="seedling",
    name="Seedling",
    hosts=("seedling.localhost", "www.seedling.localhost"),
    owner_email="ada@seed.example",
)


@pytest.fixture
def no_academy_left(committed_academy):
    """Real commits beside the committed_academy; what a test makes there is removed after it."""
    with schema_context(get_public_schema_name()):
        yield
        actions.discard(schema=SPEC.schema)


def _status(host: str) -> int:
    return Client().get("/courses/", headers={"host": host}).status_code


def test_a_new_academy_is_live_in_two_seconds(no_academy_left):
    with untraced():
        began = time.monotonic()
        academy = provision(spec=SPEC)
        spent = time.monotonic() - began

    assert academy.status == Academy.Status.LIVE
    assert spent < 2
    assert _status("seedling.localhost") == _status("www.seedling.localhost") == 200
    with inside("seedling"):
        assert HomePage.objects.get().full_url == "http://seedling.localhost:8000/"
        assert User.objects.get().groups.get().name == "Owner"
        assert not User.objects.filter(is_superuser=True).exists()


def test_a_rerun_goes_on_behind_the_step_that_failed(no_academy_left, monkeypatch):
    planted = []

    def fails():
        planted.append("tried")
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setitem(faultpoints.armed, "provision.site", fails)
        with pytest.raises(OSError, match="disk is full"):
            provision(spec=SPEC)
    half = Academy.objects.get(schema_name="seedling")
    assert (half.status, half.step) == (Academy.Status.PROVISIONING, "roles")
    # The host comes last: not even the registry knows an address of an academy that is half made.
    assert not Domain.objects.filter(tenant=half).exists()
    assert _status("seedling.localhost") == 404
    monkeypatch.setattr(schema_template, "restore", lambda schema: pytest.fail("the schema was made already"))

    provision(spec=SPEC)

    assert _status("seedling.localhost") == 200


def test_provisioning_the_same_academy_twice_makes_one(no_academy_left):
    first = provision(spec=SPEC)

    again = provision(spec=SPEC)

    assert again.pk == first.pk
    assert Domain.objects.filter(tenant=first).count() == 2
    with inside("seedling"):
        assert HomePage.objects.count() == Site.objects.count() == User.objects.count() == 1


@pytest.mark.parametrize(
    "schema",
    [
        "public", "pg_catalog", "information_schema", "lyceum_template_8c1f", "lyceum_template_of_mine", "www", "api", "admin",
        "Ünder", "a", "x" * 64, 'a"; DROP', "1st", "with space", "a\nb", "seedling\n",
    ],
)  # fmt: skip
def test_a_bad_name_is_refused(no_academy_left, schema):
    with pytest.raises(Invalid) as refused:
        provision(spec=AcademySpec(schema=schema, name="Bad", hosts=("bad.localhost",)))

    assert "schema" in refused.value.fields
    assert not Academy.objects.filter(name="Bad").exists()


def test_a_name_may_begin_like_a_reserved_one():
    for name in ("publications", "wwwoods", "apiary"):
        check_new_name(name)


def test_a_template_that_holds_people_makes_no_academies(no_academy_left, settings, monkeypatch):
    monkeypatch.setattr(schema_template, "fingerprint", lambda: "of other migrations")
    monkeypatch.setattr(schema_template, "migrate", lambda schema: None)
    with schema_context(settings.TEMPLATE_SCHEMA):
        somebody = User.objects.create_user("left@template.example", full_name="Left Behind")
    try:
        with pytest.raises(schema_template.TemplateInUse):
            schema_template.build()
    finally:
        with schema_context(settings.TEMPLATE_SCHEMA):
            somebody.delete()

    assert not TemplateArtefact.objects.filter(fingerprint="of other migrations").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hosts", ("bad host!",)), ("hosts", ("http://seedling.example",)), ("hosts", ("a" * 64 + ".example",)), ("hosts", ()),
        ("name", " "), ("name", "x" * 121), ("currency", "euro"), ("language", "tlh"), ("owner_email", "ada"),
    ],
)  # fmt: skip
def test_an_invalid_academy_spec_is_refused_before_anything_is_made(no_academy_left, field, value):
    with pytest.raises(Invalid) as refused:
        provision(spec=replace(SPEC, **{field: value}))

    assert set(refused.value.fields) == {field}
    assert not Academy.objects.filter(schema_name="seedling").exists()


def test_who_asks_for_the_name_of_another_academy_does_not_get_it(no_academy_left):
    provision(spec=SPEC)

    with pytest.raises(NameTaken):
        provision(spec=replace(SPEC, name="Another Seedling", hosts=("another.localhost",)))

    assert not Domain.objects.filter(domain="another.localhost").exists()


def test_the_command_says_what_is_wrong_and_makes_nothing(no_academy_left):
    with pytest.raises(CommandError, match=r"^hosts: Use a host name .*\ncurrency: |^currency: .*\nhosts: Use a host"):
        call_command("create_academy", "seedling", "Seedling", "bad host!", currency="euro")

    assert not Academy.objects.filter(schema_name="seedling").exists()


def test_a_host_of_another_academy_is_refused(no_academy_left):
    with pytest.raises(NameTaken):
        provision(spec=AcademySpec(schema="seedling", name="Seedling", hosts=("NORTH.localhost",)))

    assert not Academy.objects.filter(schema_name="seedling").exists()


def test_a_host_that_another_academy_takes_meanwhile_is_not_shared(no_academy_left, monkeypatch):
    monkeypatch.setitem(faultpoints.armed, "provision.owner", lambda: _take("www.seedling.localhost"))

    with pytest.raises(NameTaken):
        provision(spec=SPEC)

    assert not Domain.objects.filter(tenant__schema_name="seedling").exists()
    assert Academy.objects.get(schema_name="seedling").status == Academy.Status.PROVISIONING
    Domain.objects.filter(domain="www.seedling.localhost").delete()
    monkeypatch.undo()
    assert provision(spec=SPEC).status == Academy.Status.LIVE


def _take(host):
    with schema_context(get_public_schema_name()):
        Domain.objects.create(domain=host, tenant=Academy.objects.get(schema_name="north"), is_primary=False)


def test_no_foreign_key_leaves_a_new_academy(no_academy_left):
    provision(spec=SPEC)

    with connection.cursor() as cursor:
        cursor.execute(schema_template.LEAVING_KEYS, ["seedling"])
        assert cursor.fetchall() == []


def test_a_new_academy_s_constraints_have_the_names_that_migrations_know(no_academy_left):
    provision(spec=SPEC)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rel.relname, con.conname FROM pg_constraint con JOIN pg_class rel ON rel.oid = con.conrelid"
            " WHERE con.connamespace = 'lyceum_template_8c1f'::regnamespace EXCEPT "
            "SELECT rel.relname, con.conname FROM pg_constraint con JOIN pg_class rel ON rel.oid = con.conrelid"
            " WHERE con.connamespace = 'seedling'::regnamespace"
        )
        assert cursor.fetchall() == []


def test_the_site_follows_the_primary_host(no_academy_left):
    academy = provision(spec=SPEC)

    Domain.objects.filter(tenant=academy, is_primary=True).delete()
    other = Domain.objects.get(tenant=academy)
    other.is_primary = True
    other.save()

    queries.forget()
    with inside("seedling"):
        assert HomePage.objects.get().full_url == "http://www.seedling.localhost:8000/"
        assert queries.current_base_url() == "http://www.seedling.localhost:8000"


def test_nothing_to_migrate_is_told_in_one_query(no_academy_left, django_assert_num_queries):
    schemas = list(Academy.objects.values_list("schema_name", flat=True))

    with django_assert_num_queries(2):
        assert schema_template.pending_migrations(schemas) == []


def test_an_academy_whose_schema_is_gone_is_told_and_never_answered_from_public(no_academy_left):
    provision(spec=SPEC)
    with connection.cursor() as cursor:
        # PostgreSQL sets a path to a schema that isn't there without a word.
        cursor.execute("DROP SCHEMA seedling CASCADE")

    assert schema_template.pending_migrations(["north", "seedling"]) == ["seedling"]
    with inside("seedling"), pytest.raises(ProgrammingError):
        User.objects.count()


def test_an_academy_works_in_its_own_time(no_academy_left):
    provision(spec=replace(SPEC, time_zone="America/Chicago"))
    seen = []
    request = RequestFactory().get("/", headers={"host": "seedling.localhost"})

    AcademyMiddleware(lambda request: seen.append(timezone.get_current_timezone_name()))(request)
    with inside("seedling"):
        seen.append(timezone.get_current_timezone_name())

    assert seen == ["America/Chicago", "America/Chicago"]
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_time_zone_that_does_not_exist_is_refused_before_anything_is_made(no_academy_left):
    with pytest.raises(Invalid) as refused:
        provision(spec=replace(SPEC, time_zone="Europe/Newcastle"))

    assert "time_zone" in refused.value.fields
    assert not Academy.objects.filter(schema_name="seedling").exists()


def test_a_later_academy_of_the_same_name_finds_no_file_and_no_event_of_the_former(no_academy_left, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    provision(spec=SPEC)
    fact = inbox.ParsedWebhook("stripe", "seedling", "evt_1", "checkout.session.completed", {})
    with inside("seedling"):
        default_storage.save("images/loaf.png", ContentFile(b"of the former"))
    inbox.receive(webhook=fact, now=clock.now())
    inbox.receive(webhook=replace(fact, account="north"), now=clock.now())

    actions.discard(schema="seedling")

    assert [event.account for event in WebhookEvent.objects.filter(external_id="evt_1")] == ["north"]
    assert not (tmp_path / "seedling").exists()
    WebhookEvent.objects.filter(external_id="evt_1").delete()


@pytest.mark.parametrize("alias", ["default", "renditions"])
def test_a_later_academy_of_the_same_name_finds_nothing_of_the_former(no_academy_left, alias):
    provision(spec=SPEC)
    with inside("seedling"):
        caches[alias].set("rendition-7", "of the former")

    actions.discard(schema="seedling")
    provision(spec=SPEC)

    with inside("seedling"):
        assert caches[alias].get("rendition-7") is None
