"""Tables of the registry, all in `public`."""

import re
from functools import cached_property
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$")
SLUG = re.compile(r"^[a-z][a-z0-9_]{2,40}$")
# Schemas of PostgreSQL, and the prefixes of its schemas and of the template schema.
SYSTEM = {"public", "information_schema"}
SYSTEM_PREFIXES = ("pg_", "lyceum_template")
# Names with a meaning for the platform, if an academy's host is derived from its name.
RESERVED = {
    "account", "accounts", "admin", "api", "app", "assets", "auth", "autodiscover", "billing", "blog", "cdn", "dashboard",
    "demo", "dev", "docs", "ftp", "health", "help", "hooks", "imap", "localhost", "login", "mail", "media", "pop", "root",
    "signup", "smtp", "staging", "static", "status", "support", "system", "template", "test", "webhooks", "webmail", "www",
}  # fmt: skip


def check_schema_name(name: str) -> None:
    """Raise ValidationError unless a name is safe as an academy's schema: lower-case letters, digits and underscores."""
    if not SLUG.fullmatch(name) or name in SYSTEM or name.startswith((*SYSTEM_PREFIXES, settings.TEMPLATE_SCHEMA)):
        raise ValidationError(gettext("Use 3 to 41 lower-case letters, digits or underscores, starting with a letter."))


def check_new_name(name: str) -> None:
    """Raise ValidationError for a name that no new academy may take."""
    check_schema_name(name)
    if name in RESERVED:
        raise ValidationError(gettext("This name is reserved. Choose another."))


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless the time zone exists: an unknown one would break every page."""
    if name not in available_timezones():
        raise ValidationError(gettext("There is no such time zone. Write it like Europe/London."))


def check_host(name: str) -> None:
    """Raise ValidationError unless a name is a valid host name. name: as `queries.normal_host` returns it."""
    if not HOST.fullmatch(name):
        raise ValidationError(gettext("Use a host name such as academy.example, without http:// and without a port."))


def check_currency(code: str) -> None:
    """Raise ValidationError unless a text has the form of an ISO 4217 code."""
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValidationError(gettext("Write the currency as three capital letters, such as EUR."))


def check_language(code: str) -> None:
    """Raise ValidationError unless the language is in LANGUAGES."""
    if code not in dict(settings.LANGUAGES):
        languages = ", ".join(dict(settings.LANGUAGES))
        raise ValidationError(gettext("Choose one of these languages: %(languages)s.") % {"languages": languages})


class Academy(TenantMixin):
    """A record: one academy and the schema it lives in."""

    class Status(models.TextChoices):
        PROVISIONING = "provisioning"
        LIVE = "live"
        MAINTENANCE = "maintenance"
        SUSPENDED = "suspended"
        CLOSED = "closed"

    schema_name = models.CharField(max_length=63, unique=True, validators=[check_schema_name])
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PROVISIONING)
    # The last completed step of `provision`; a rerun continues after it.
    step = models.CharField(max_length=40, blank=True)
    owner_email = models.EmailField(blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)

    # Provisioning restores the template; django-tenants must not create or drop schemas itself.
    auto_create_schema = False
    auto_drop_schema = False

    class Meta:
        verbose_name_plural = _("academies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^[a-z][a-z0-9_]{2,40}$"), name="academy_schema_is_a_slug"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of pages and the admin."""
        return ZoneInfo(self.time_zone)


class Domain(DomainMixin):
    """A record: a host name of an academy."""

    domain = models.CharField(max_length=253, unique=True)
    tenant = models.ForeignKey(Academy, on_delete=models.CASCADE, related_name="domains")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="one_primary_domain_per_academy"
            ),
            models.CheckConstraint(
                condition=models.Q(domain__regex=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"), name="domain_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.domain


class TemplateArtefact(models.Model):
    """A record: the SQL that creates an empty academy, keyed by the migrations it was dumped from."""

    fingerprint = models.CharField(max_length=64, unique=True)
    sql = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    # The database owner executes this SQL, so the application's role must not be able to write it.
    application_may = ("SELECT",)

    def __str__(self) -> str:
        return self.fingerprint[:12]
