"""Rights of the application's database role, where another role owns the database.

Web, worker and clock then connect as DATABASE_APP_ROLE, which owns nothing: it reads and writes rows, but can't alter a
table or drop a trigger. Migrations and the commands that create or delete academies connect as the owner. A model limits
the rights on its table with `application_may`: the journal is insert-only, and SQL that the owner executes is read-only.
"""

from collections.abc import Iterator, Sequence

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

_EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Finds schemas with missing rights, left by a run that was killed between migrating and granting.
_LACKING = """
    SELECT DISTINCT nspname FROM pg_namespace schema
    LEFT JOIN pg_class tables ON tables.relnamespace = schema.oid AND tables.relkind = 'r'
    WHERE nspname = ANY(%(schemas)s) AND NOT (
        has_schema_privilege(%(role)s, schema.oid, 'USAGE')
        AND coalesce(has_table_privilege(%(role)s, tables.oid, 'SELECT'), true)
    ) ORDER BY nspname
"""


def grant(schema: str) -> None:
    """Grant the application's role its rights on a schema and revoke all others. Idempotent."""
    if not settings.DATABASE_APP_ROLE or schema == settings.TEMPLATE_SCHEMA:
        return
    with schema_context(get_public_schema_name()), transaction.atomic(), connection.cursor() as cursor:
        for statement in _statements(schema):
            cursor.execute(statement.as_string(cursor.cursor))


def lacking(schemas: Sequence[str]) -> list[str]:
    """Return the schemas on which, or on whose tables, the application's role lacks rights."""
    if not settings.DATABASE_APP_ROLE:
        return []
    with schema_context(get_public_schema_name()), connection.cursor() as cursor:
        cursor.execute(_LACKING, {"schemas": list(schemas), "role": settings.DATABASE_APP_ROLE})
        return [row[0] for row in cursor.fetchall()]


def _statements(schema: str) -> Iterator[sql.Composed]:
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(settings.DATABASE_APP_ROLE)}
    everything = sql.SQL(", ").join(map(sql.SQL, _EVERYTHING))
    yield sql.SQL("GRANT USAGE ON SCHEMA {schema} TO {role}").format(**names)
    yield sql.SQL("GRANT {} ON ALL TABLES IN SCHEMA {schema} TO {role}").format(everything, **names)
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}").format(**names)
    for table, rights in _limited(schema):
        granted = sql.SQL(", ").join(map(sql.SQL, rights))
        at = sql.SQL("{schema}.{table}").format(table=sql.Identifier(table), **names)
        yield sql.SQL("REVOKE ALL ON {} FROM {role}").format(at, **names)
        yield sql.SQL("GRANT {} ON {} TO {role}").format(granted, at, **names)


def _limited(schema: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the tables of a schema with limited rights, and the rights."""
    rights = {
        model._meta.db_table: model.application_may  # type: ignore[attr-defined]
        for model in apps.get_models()
        if hasattr(model, "application_may")
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'", [schema])
        present = {row[0] for row in cursor.fetchall()}
    yield from (
        (table, granted)
        for table, granted in ({**rights, "django_migrations": ("SELECT",)}).items()
        if table in present
    )
