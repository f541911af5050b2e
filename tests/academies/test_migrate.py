"""migrate_schemas: academies migrate in parallel; one that fails is closed alone and reopened when repaired."""

import os
import signal

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_tenants.utils import get_public_schema_name, schema_context
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from academies.tenants import actions, check_pgbouncer, schema_template
from academies.tenants.actions import AcademySpec, provision
from academies.tenants.models import Academy

pytestmark = pytest.mark.threads


@pytest.fixture
def second_academy(committed_academy):
    """A fourth academy, made after the committed_academy and discarded after the test."""
    with schema_context(get_public_schema_name()):
        provision(spec=AcademySpec(schema="seedling", name="Seedling", hosts=("seedling.localhost",)))
        yield "seedling"
        actions.discard(schema="seedling")


@pytest.fixture
def pending_migrations(monkeypatch):
    """Every academy is behind."""
    monkeypatch.setattr(schema_template, "pending_migrations", lambda schemas: schemas)


def _status(host: str) -> int:
    return Client().get("/courses/", headers={"host": host}).status_code


def _instead_of_migrating(monkeypatch, schema, happens):
    real = schema_template.migrate
    monkeypatch.setattr(schema_template, "migrate", lambda name: happens() if name == schema else real(name))


def _lose_a_lock():
    raise RuntimeError("a lock was not to be had")


def test_an_academy_whose_migration_fails_is_named_and_the_others_go_on(
    second_academy, pending_migrations, monkeypatch, capsys
):
    with monkeypatch.context() as broken:
        _instead_of_migrating(broken, second_academy, _lose_a_lock)
        with pytest.raises(CommandError, match="seedling: RuntimeError: a lock was not to be had"):
            call_command("migrate_schemas", jobs=2)

    assert _status("seedling.localhost") == 503
    assert _status("north.localhost") == 200
    assert "north: up to date" in capsys.readouterr().out
    call_command("migrate_schemas", jobs=2)
    assert _status("seedling.localhost") == 200


def test_the_academy_that_is_named_is_opened_again_too(second_academy, pending_migrations, monkeypatch):
    with monkeypatch.context() as broken:
        _instead_of_migrating(broken, second_academy, _lose_a_lock)
        with pytest.raises(CommandError, match="seedling: RuntimeError"):
            call_command("migrate_schemas", schema=second_academy)
    assert _status("seedling.localhost") == 503

    call_command("migrate_schemas", schema=second_academy)

    assert _status("seedling.localhost") == 200


def test_an_academy_that_failed_after_its_last_migration_is_opened_again(second_academy):
    actions.pause(schemas=[second_academy])
    assert _status("seedling.localhost") == 503

    call_command("migrate_schemas")

    assert _status("seedling.localhost") == 200


def test_roles_get_what_a_release_brings_and_keep_what_an_owner_gave(second_academy, pending_migrations):
    with schema_context(second_academy):
        desk, teachers = Group.objects.get(name="Front desk"), Group.objects.get(name="Teacher")
        desk.permissions.remove(_permission("cancel_offering"))
        desk.permissions.add(_permission("change_brand"))
        GroupPagePermission.objects.filter(group=teachers).delete()
        GroupPagePermission.objects.create(
            group=teachers, page=Page.get_first_root_node(), permission=_permission("publish_page")
        )
        GroupCollectionPermission.objects.create(
            group=teachers, collection=Collection.get_first_root_node(), permission=_permission("change_image")
        )

    call_command("migrate_schemas", schema=second_academy)

    with schema_context(second_academy):
        assert {"cancel_offering", "change_brand"} <= set(desk.permissions.values_list("codename", flat=True))
        on_pages = GroupPagePermission.objects.filter(group=teachers).values_list("permission__codename", flat=True)
        assert set(on_pages) == {"add_page", "change_page", "publish_page"}
        on_files = GroupCollectionPermission.objects.filter(group=teachers)
        assert on_files.filter(permission__codename="change_image").exists()


def _permission(codename):
    return Permission.objects.get(codename=codename)


def test_a_process_that_is_killed_takes_only_its_own_academy_with_it(
    committed_academy, second_academy, pending_migrations, monkeypatch
):
    _instead_of_migrating(monkeypatch, committed_academy.schema_name, lambda: os.kill(os.getpid(), signal.SIGKILL))

    with pytest.raises(CommandError) as failed:
        call_command("migrate_schemas", jobs=1)

    assert str(failed.value).endswith(
        f"maintenance: {committed_academy.schema_name}: the process that migrated it was killed"
    )
    paused = Academy.objects.filter(status=Academy.Status.MAINTENANCE)
    assert [academy.schema_name for academy in paused] == [committed_academy.schema_name]


def test_a_mistyped_name_makes_no_schema(committed_academy):
    with pytest.raises(CommandError, match="no academy called seedlign"), schema_context(get_public_schema_name()):
        call_command("migrate_schemas", schema="seedlign")

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'seedlign'")
        assert cursor.fetchone() is None


def test_a_migration_waits_for_a_lock_so_long_and_no_longer(second_academy, pending_migrations, monkeypatch):
    def alter():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE seedling.people_user ALTER full_name SET NOT NULL")

    _instead_of_migrating(monkeypatch, second_academy, alter)
    reader = check_pgbouncer.connect()
    reader.autocommit = False
    reader.execute("SELECT count(*) FROM seedling.people_user")
    try:
        with pytest.raises(CommandError, match="lock timeout"):
            call_command("migrate_schemas", schema=second_academy, lock_timeout=1)
    finally:
        reader.close()

    call_command("migrate_schemas", schema=second_academy, lock_timeout=1)
    assert _status("seedling.localhost") == 200


def test_a_statement_may_take_so_long_and_no_longer_and_the_connection_forgets_it(
    second_academy, pending_migrations, monkeypatch
):
    def sleep():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    _instead_of_migrating(monkeypatch, second_academy, sleep)

    with pytest.raises(CommandError, match="statement timeout"):
        call_command("migrate_schemas", schema=second_academy, statement_timeout=5)

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        assert cursor.fetchone() == ("0", "0")
