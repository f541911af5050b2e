"""What the application's role may do, in a deployment where another role owns the database.

Web, worker and clock then sign in as DATABASE_APP_ROLE, which owns nothing: it reads and writes rows, and can neither change
a table nor drop a trigger. Migrations and the commands that make or remove academies sign in as the owner. A model says
with `application_may` that less than everything is granted on its table: the journal is only added to, and SQL that the
owner will run is only read.
"""

from collections.abc import Iterator, Sequence

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg import sql

_EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
# A run that was killed between migrating a schema and granting leaves tables without rights.
_LACKING = """
    SELECT DISTINCT nspname FROM pg_namespace schema
    LEFT JOIN pg_class tables ON tables.relnamespace = schema.oid AND tables.relkind = 'r'
    WHERE nspname = ANY(%(schemas)s) AND NOT (
        has_schema_privilege(%(role)s, schema.oid, 'USAGE')
        AND coalesce(has_table_privilege(%(role)s, tables.oid, 'SELECT'), true)
    ) ORDER BY nspname
"""


def grant(schema: str) -> None:
    """Give the application's role its rights on a schema, and take back what it should not have. Tolerates running again."""
    if not settings.DATABASE_APP_ROLE or schema == settings.TEMPLATE_SCHEMA:
        return
    with schema_context(get_public_schema_name()), transaction.atomic(), connection.cursor() as cursor:
        for statement in _statements(schema):
            cursor.execute(statement.as_string(cursor.cursor))


def lacking(schemas: Sequence[str]) -> list[str]:
    """Return those of these schemas in which the application's role lacks its rights, or those on a table."""
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
        given = sql.SQL(", ").join(map(sql.SQL, rights))
        at = sql.SQL("{schema}.{table}").format(table=sql.Identifier(table), **names)
        yield sql.SQL("REVOKE ALL ON {} FROM {role}").format(at, **names)
        yield sql.SQL("GRANT {} ON {} TO {role}").format(given, at, **names)


def _limited(schema: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Name the tables of a schema on which less is granted, and what."""
    rights = {
        model._meta.db_table: model.application_may  # type: ignore[attr-defined]
        for model in apps.get_models()
        if hasattr(model, "application_may")
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'", [schema])
        present = {row[0] for row in cursor.fetchall()}
    yield from (
        (table, given) for table, given in ({**rights, "django_migrations": ("SELECT",)}).items() if table in present
    )
