"""Database grants: what the application's role may do, and that it can't alter the journal or tables."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from django.conf import settings
from django.db import connection

from academies.tenants import grants
from lyceum import ROOT
from lyceum_dev.embedded import postgres

pytestmark = pytest.mark.django_db

ROLES = ROOT / "deploy" / "postgres" / "roles.sql"


@pytest.fixture
def application():
    """A connection of the role that web and worker sign in as, to the database of this test."""
    if not os.environ.get("DATABASE_APP_URL"):
        pytest.skip("the tests run on a database of somebody else's, which has no such role")
    url = urlsplit(os.environ["DATABASE_APP_URL"])._replace(path="/" + settings.DATABASES["default"]["NAME"])
    with psycopg.connect(url.geturl(), autocommit=True) as connected:
        connected.execute("SET search_path = north, public")
        yield connected


JOURNAL = [
    "UPDATE journal_entry SET verb = 'x'",
    "DELETE FROM journal_entry",
    "TRUNCATE journal_entry",
    "TRUNCATE journal_entry CASCADE",
    "DROP TABLE journal_entry",
    "DROP TABLE journal_entry CASCADE",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "ALTER TABLE journal_entry DISABLE TRIGGER USER",
    "ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_is_final",
    "ALTER TABLE journal_entry RENAME TO journal_lost",
    "ALTER TABLE journal_entry SET SCHEMA public",
    "ALTER TABLE journal_entry OWNER TO lyceum_app",
    "ALTER TABLE journal_entry ADD COLUMN lost text",
    "DROP TRIGGER journal_entry_is_final ON journal_entry",
    "DROP TRIGGER journal_is_never_emptied ON journal_entry",
    "CREATE OR REPLACE FUNCTION journal_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION journal_entry_is_final() CASCADE",
    "CREATE RULE lost AS ON INSERT TO journal_entry DO INSTEAD NOTHING",
    "CREATE TRIGGER lost BEFORE INSERT ON journal_entry EXECUTE FUNCTION journal_entry_is_final()",
    "INSERT INTO journal_entry SELECT * FROM journal_entry ON CONFLICT (id) DO UPDATE SET verb = 'x'",
    "MERGE INTO journal_entry USING journal_entry AS other ON true WHEN MATCHED THEN DELETE",
    "SELECT * FROM journal_entry FOR UPDATE",
    "LOCK TABLE journal_entry IN ACCESS EXCLUSIVE MODE",
    "SET session_replication_role = replica",
    "SET ROLE lyceum",
    "DROP OWNED BY lyceum CASCADE",
    "REASSIGN OWNED BY lyceum TO lyceum_app",
    "ALTER ROLE lyceum_app SUPERUSER",
]
REST = [
    "DROP SCHEMA north CASCADE",
    "ALTER SCHEMA north RENAME TO lost",
    "CREATE SCHEMA mine",
    "CREATE TABLE north.mine (id int)",
    "CREATE TABLE public.mine (id int)",
    "ALTER TABLE people_user ADD COLUMN mine text",
    "DROP TABLE people_user",
    "UPDATE public.tenants_templateartefact SET sql = 'GRANT lyceum TO lyceum_app'",
    "INSERT INTO public.tenants_templateartefact (fingerprint, sql, created_at) VALUES ('x', '', now())",
    "DELETE FROM django_migrations",
]


@pytest.mark.parametrize("statement", [*JOURNAL, *REST])
def test_the_application_can_neither_undo_the_journal_nor_change_a_table(application, statement):
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.DependentObjectsStillExist)
    with pytest.raises(refusals) as refused, application.transaction():
        application.execute(statement)

    # Dropping what others need is refused for that reason first; with CASCADE, for the right one.
    assert "CASCADE" not in statement or isinstance(refused.value, psycopg.errors.InsufficientPrivilege)


def test_what_the_application_grants_itself_is_nothing(application):
    # PostgreSQL warns of it, and changes nothing.
    application.execute("GRANT ALL ON journal_entry TO lyceum_app")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("UPDATE journal_entry SET verb = 'x'")


def test_the_application_reads_the_journal_and_adds_to_it(application):
    with application.transaction(force_rollback=True):
        application.execute(
            "INSERT INTO journal_entry (id, verb, subject_type, subject_id, details, at)"
            " VALUES (gen_random_uuid(), 'tests.written', 'x', '1', '{}', now())"
        )
        row = application.execute("SELECT count(*) FROM journal_entry WHERE verb = 'tests.written'").fetchone()

    assert row == (1,)


@pytest.mark.parametrize("schema", ["north", "public"])
def test_the_application_may_work_on_every_other_table(application, schema):
    limited = {"journal_entry", "django_migrations", "tenants_templateartefact"}
    kinds = "SELECT relname, relkind, oid FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'S')"
    lacking = [
        (name, right)
        for name, kind, oid in application.execute(kinds, [schema]).fetchall()
        for right in (("SELECT", "INSERT", "UPDATE", "DELETE") if kind == "r" else ("USAGE",))
        if name not in limited
        and application.execute(
            f"SELECT has_{'table' if kind == 'r' else 'sequence'}_privilege(%s::oid, %s)", [oid, right]
        ).fetchone()
        != (True,)
    ]

    assert lacking == []


@pytest.mark.parametrize("right", ["USAGE ON SCHEMA south", "ALL ON south.people_user"])
def test_an_academy_that_lacks_rights_is_found_and_given_them(application, settings, right):
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE {right} FROM lyceum_app")
    assert grants.lacking(["north", "south"]) == ["south"]

    grants.grant("south")

    assert grants.lacking(["north", "south"]) == []
    settings.DATABASE_APP_ROLE = ""
    assert grants.lacking(["north", "south"]) == []


def test_the_shipped_roles_own_and_use_one_database():
    """Runs the file on the server of the tests, under other names than those that are there."""
    home = Path(os.environ.get("TEST_DIR") or ROOT / ".test").absolute() / "postgres"
    if not (home / "password").exists():
        pytest.skip("the tests run on a database of somebody else's")
    at = urlsplit(os.environ["DATABASE_APP_URL"])
    server = {
        "host": at.hostname,
        "port": at.port,
        "user": "postgres",
        "password": (home / "password").read_text().strip(),
    }
    script = ROLES.read_text().replace("lyceum", "shipped")
    psql = [str(postgres.binary("psql")), "-X", "-q", "-f", "-", "-d", "postgres", "-U", "postgres", "-h", at.hostname]
    env = {
        **os.environ,
        "PGPASSWORD": server["password"],
        "PGPORT": str(at.port),
        "OWNER_PASSWORD": "own'er",
        "APP_PASSWORD": "app",
    }
    try:
        run = subprocess.run(psql, input=script, env=env, capture_output=True, text=True, timeout=60)
        assert (run.returncode, run.stderr) == (0, "")

        with psycopg.connect(**{**server, "user": "shipped", "password": "own'er", "dbname": "shipped"}) as owner:
            owner.execute("CREATE SCHEMA north")
            owner.execute("CREATE TABLE north.journal_entry (id int)")
        with psycopg.connect(
            **{**server, "user": "shipped_app", "password": "app", "dbname": "shipped"}
        ) as application:
            for statement in (
                "CREATE TABLE public.x (id int)",
                "CREATE SCHEMA x",
                "CREATE TEMPORARY TABLE x (id int)",
                "SELECT FROM north.journal_entry",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), application.transaction():
                    application.execute(statement)
            flags = application.execute(
                "SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname ~ '^shipped'"
            )
            assert sorted(flags.fetchall()) == [("shipped", False, False), ("shipped_app", False, False)]
    finally:
        with psycopg.connect(**server, dbname="postgres", autocommit=True) as superuser:
            for statement in (
                "DROP DATABASE IF EXISTS shipped",
                "DROP ROLE IF EXISTS shipped_app",
                "DROP ROLE IF EXISTS shipped",
            ):
                superuser.execute(statement)


def test_compose_gives_the_owner_s_rights_to_migrations_only():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    users = {
        name: urlsplit(re.sub(r"\$\{.*?\}", "x", service["environment"]["DATABASE_URL"])).username
        for name, service in services.items()
        if "DATABASE_URL" in service.get("environment", {})
    }

    assert users == {"migrate": "lyceum", "web": "lyceum_app", "worker": "lyceum_app", "clock": "lyceum_app"}
    assert services["migrate"]["environment"]["DATABASE_APP_ROLE"] == "lyceum_app"
    roles = re.findall(r"CREATE ROLE (\w+)", ROLES.read_text())
    assert roles == ["lyceum", "lyceum_app"]
    # What a container is given, an intruder in it reads: the passwords of the others aren't in its file.
    assert {service.get("env_file") for service in services.values()} == {None, "lyceum.env"}
