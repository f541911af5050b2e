"""The only writer of the registry."""

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
    message = _("An academy of that name, or at that address, exists. Choose another.")


@dataclass(frozen=True)
class AcademySpec:
    """What somebody who wants an academy says. hosts: the first is the primary one."""

    schema: str
    name: str
    hosts: tuple[str, ...]
    owner_email: str = ""
    currency: str = "EUR"
    language: str = "en"
    time_zone: str = "UTC"


def provision(*, wish: AcademySpec) -> Academy:
    """Make an academy: claim its name, then do each step that isn't done. A rerun goes on where it stopped.

    Not in a transaction: each step commits by itself, and the row says which is done. About a second.
    Raises Invalid for a bad name, NameTaken for one that another academy has, TemplateMissing before the first migration.
    """
    academy = _claim(wish)
    for name in provisioning_steps.remaining(academy.step):
        _do(academy, name, wish)
        with schema_context(get_public_schema_name()):
            academy.step = name
            academy.save(update_fields=["step"])
    with schema_context(get_public_schema_name()):
        if academy.status == Academy.Status.PROVISIONING:
            academy.status = Academy.Status.LIVE
            academy.save(update_fields=["status"])
    return queries.academy_in(academy.schema_name)


def _claim(wish: AcademySpec) -> Academy:
    hosts = _check(wish)
    with schema_context(get_public_schema_name()):
        if Domain.objects.filter(domain__in=hosts).exclude(tenant__schema_name=wish.schema).exists():
            raise NameTaken()
        academy = Academy.objects.filter(schema_name=wish.schema).first()
        if academy is None:
            try:
                with transaction.atomic():
                    academy = Academy.objects.create(
                        schema_name=wish.schema, name=wish.name, owner_email=wish.owner_email,
                        currency=wish.currency, language=wish.language, time_zone=wish.time_zone,
                    )  # fmt: skip
            except IntegrityError as error:
                raise NameTaken() from error
        elif academy.name != wish.name:
            raise NameTaken()
        return academy


def _check(wish: AcademySpec) -> list[str]:
    """Return the hosts as they are stored. Raises Invalid with every field that is wrong, before anything is made."""
    asked: list[tuple[str, Callable[[str], None], str]] = [
        ("schema", check_new_name, wish.schema),
        ("name", _check_name, wish.name),
        ("currency", check_currency, wish.currency),
        ("language", check_language, wish.language),
        ("time_zone", check_time_zone, wish.time_zone),
        # An address would lose its end when it is brought into form.
        *[("hosts", check_host, given if "/" in given else queries.normal_host(given)) for given in wish.hosts or [""]],
        *([("owner_email", validate_email, wish.owner_email)] if wish.owner_email else []),
    ]
    wrong: dict[str, list[str]] = {}
    for field, check, given in asked:
        try:
            check(given)
        except ValidationError as error:
            wrong.setdefault(field, []).extend(error.messages)
    if wrong:
        raise Invalid(fields=wrong)
    return [queries.normal_host(host) for host in wish.hosts]


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 120:
        raise ValidationError(gettext("Give the academy a name of at most 120 letters."))


def _do(academy: Academy, name: str, wish: AcademySpec) -> None:
    faultpoints.reach(f"provision.{name}")
    if name == "schema":
        schema_template.restore(academy.schema_name)
    elif name == "domain":
        _name_hosts(academy, wish)
    else:
        # The primary host is known before its row stands, so that the Site can be written from it.
        with inside(academy.schema_name) as entered:
            entered.domain_url = entered.domain_url or queries.normal_host(wish.hosts[0])
            with transaction.atomic():
                provisioning_steps.handler(name)(entered)


def _name_hosts(academy: Academy, wish: AcademySpec) -> None:
    with schema_context(get_public_schema_name()), transaction.atomic():
        for position, host in enumerate(wish.hosts):
            row, _ = Domain.objects.get_or_create(
                domain=queries.normal_host(host), defaults={"tenant": academy, "is_primary": position == 0}
            )
            if row.tenant_id != academy.pk:
                # Another academy took it while this one was being made.
                raise NameTaken()


def move_site(*, to: Domain) -> None:
    """Keep the one Site of an academy at its primary host."""
    with inside(to.tenant.schema_name):
        site = Site.objects.filter(is_default_site=True).first()
        if site and site.hostname != to.domain:
            site.hostname = to.domain
            site.save()


def pause(*, schemas: list[str]) -> None:
    """Close academies whose migration failed. They answer 503 until `resume`."""
    _move(schemas, Academy.Status.LIVE, Academy.Status.MAINTENANCE)


def resume(*, schemas: list[str]) -> None:
    """Open academies again that were closed because their migration failed."""
    _move(schemas, Academy.Status.MAINTENANCE, Academy.Status.LIVE)


def _move(schemas: list[str], before: str, after: str) -> None:
    with schema_context(get_public_schema_name()):
        if Academy.objects.filter(schema_name__in=schemas, status=before).update(status=after):
            queries.forget()


def discard(*, schema: str) -> None:
    """Remove an academy and everything in it, files too: a later one of that name must find nothing of the former.

    Domains first, so that no address answers from a half-removed one.
    """
    check_schema_name(schema)
    with schema_context(get_public_schema_name()), transaction.atomic(), connection.cursor() as cursor:
        Domain.objects.filter(tenant__schema_name=schema).delete()
        Academy.objects.filter(schema_name=schema).delete()
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
    storage.discard(schema)
    cache.forget(schema)
