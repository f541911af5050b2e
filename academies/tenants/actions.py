"""The only code that writes the registry."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import get_public_schema_name, schema_context
from wagtail.models import Site

from academies.kernel import faultpoints
from academies.kernel.errors import Conflict, Invalid
from academies.tenants import cache, provisioning_steps, queries, schema_template, storage
from academies.tenants.context import inside
from academies.tenants.models import (
    Academy,
    Domain,
    check_currency,
    check_host,
    check_language,
    check_new_name,
    check_schema_name,
    check_time_zone,
)


class NameTaken(Conflict):
    code = "name_taken"
    message = _("An academy with this name or host already exists. Choose another.")


@dataclass(frozen=True)
class AcademySpec:
    """The values an academy is created from. hosts: the first is the primary one."""

    schema: str
    name: str
    hosts: tuple[str, ...]
    owner_email: str = ""
    currency: str = "EUR"
    language: str = "en"
    time_zone: str = "UTC"


def provision(*, spec: AcademySpec) -> Academy:
    """Create an academy: claim its name, then run the remaining steps. A rerun continues where it stopped.

    Not atomic: each step commits separately, and the row records the last one. Takes about a second.
    Raises Invalid, NameTaken if another academy has the name or a host, TemplateMissing before the first migration.
    """
    academy = _claim(spec)
    for name in provisioning_steps.remaining(academy.step):
        _run_step(academy, name, spec)
        with schema_context(get_public_schema_name()):
            academy.step = name
            academy.save(update_fields=["step"])
    with schema_context(get_public_schema_name()):
        if academy.status == Academy.Status.PROVISIONING:
            academy.status = Academy.Status.LIVE
            academy.save(update_fields=["status"])
    return queries.academy_in(academy.schema_name)


def _claim(spec: AcademySpec) -> Academy:
    hosts = _check(spec)
    with schema_context(get_public_schema_name()):
        if Domain.objects.filter(domain__in=hosts).exclude(tenant__schema_name=spec.schema).exists():
            raise NameTaken()
        academy = Academy.objects.filter(schema_name=spec.schema).first()
        if academy is None:
            try:
                with transaction.atomic():
                    academy = Academy.objects.create(
                        schema_name=spec.schema, name=spec.name, owner_email=spec.owner_email,
                        currency=spec.currency, language=spec.language, time_zone=spec.time_zone,
                    )  # fmt: skip
            except IntegrityError as error:
                raise NameTaken() from error
        elif academy.name != spec.name:
            raise NameTaken()
        return academy


def _check(spec: AcademySpec) -> list[str]:
    """Return the normalised hosts. Raises Invalid with every wrong field, before anything is created."""
    checks: list[tuple[str, Callable[[str], None], str]] = [
        ("schema", check_new_name, spec.schema),
        ("name", _check_name, spec.name),
        ("currency", check_currency, spec.currency),
        ("language", check_language, spec.language),
        ("time_zone", check_time_zone, spec.time_zone),
        # Normalising a URL would cut its path off, so that check_host couldn't refuse it.
        *[("hosts", check_host, value if "/" in value else queries.normal_host(value)) for value in spec.hosts or [""]],
        *([("owner_email", validate_email, spec.owner_email)] if spec.owner_email else []),
    ]
    wrong: dict[str, list[str]] = {}
    for field, check, value in checks:
        try:
            check(value)
        except ValidationError as error:
            wrong.setdefault(field, []).extend(error.messages)
    if wrong:
        raise Invalid(fields=wrong)
    return [queries.normal_host(host) for host in spec.hosts]


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 120:
        raise ValidationError(gettext("Give the academy a name of at most 120 characters."))


def _run_step(academy: Academy, name: str, spec: AcademySpec) -> None:
    faultpoints.reach(f"provision.{name}")
    if name == "schema":
        schema_template.restore(academy.schema_name)
    elif name == "domain":
        _add_hosts(academy, spec)
    else:
        # Set the primary host before its row exists, because the Site is created from it.
        with inside(academy.schema_name) as entered:
            entered.domain_url = entered.domain_url or queries.normal_host(spec.hosts[0])
            with transaction.atomic():
                provisioning_steps.handler(name)(entered)


def _add_hosts(academy: Academy, spec: AcademySpec) -> None:
    with schema_context(get_public_schema_name()), transaction.atomic():
        for position, host in enumerate(spec.hosts):
            row, _ = Domain.objects.get_or_create(
                domain=queries.normal_host(host), defaults={"tenant": academy, "is_primary": position == 0}
            )
            if row.tenant_id != academy.pk:
                # Another academy took it in the meantime.
                raise NameTaken()


def move_site(*, to: Domain) -> None:
    """Set the hostname of the academy's Site to its primary host."""
    with inside(to.tenant.schema_name):
        site = Site.objects.filter(is_default_site=True).first()
        if site and site.hostname != to.domain:
            site.hostname = to.domain
            site.save()


def pause(*, schemas: list[str]) -> None:
    """Put academies whose migration failed into maintenance. They return 503 until `resume`."""
    _set_status(schemas, Academy.Status.LIVE, Academy.Status.MAINTENANCE)


def resume(*, schemas: list[str]) -> None:
    """End the maintenance of academies whose migration has now succeeded."""
    _set_status(schemas, Academy.Status.MAINTENANCE, Academy.Status.LIVE)


def _set_status(schemas: list[str], before: str, after: str) -> None:
    with schema_context(get_public_schema_name()):
        if Academy.objects.filter(schema_name__in=schemas, status=before).update(status=after):
            queries.forget()


def discard(*, schema: str) -> None:
    """Delete an academy with its data, files and caches, so that nothing is left for a later one with the same name.

    Domains are deleted first, so that no host serves a half-deleted academy.
    """
    check_schema_name(schema)
    with schema_context(get_public_schema_name()), transaction.atomic(), connection.cursor() as cursor:
        Domain.objects.filter(tenant__schema_name=schema).delete()
        Academy.objects.filter(schema_name=schema).delete()
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
    storage.discard(schema)
    cache.forget(schema)
