"""The admin of people and their roles."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib.admin import display
from django.contrib.admin.filters import SimpleListFilter
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from academies.kernel import policies
from academies.people import actions, queries
from academies.people.models import User
from academies.people.roles import ROLES
from academies.records.record_actions import RecordAction, RecordForm
from academies.records.record_admin import RecordAdmin, RecordInspectView


class RoleForm(RecordForm):
    role = forms.ChoiceField(
        choices=[(role.name, role.name) for role in ROLES], help_text=_("Their permissions from now on.")
    )


def _assign(person: User, *, by: Any, now: datetime, role: str) -> str:
    had_password = person.has_usable_password()
    actions.assign_role(person=person, role=role, by=by, now=now)
    if person.has_usable_password() or not had_password:
        return f"{person.full_name} is now {role}."
    return (
        f"{person.full_name} is now {role}. Their email address was never confirmed, so we signed them out everywhere "
        "and sent them a link to choose a new password."
    )


def _withdraw(person: User, *, by: Any, now: datetime, role: str) -> str:
    actions.withdraw_role(person=person, role=role, by=by, now=now)
    return f"{person.full_name} is no longer {role}."


class RoleFilter(SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role.name, role.name) for role in ROLES]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class PersonInspect(RecordInspectView):
    def get_fields_dict(self) -> list[dict[str, Any]]:
        """Show the last sign-in only to those who manage people."""
        manages_people = policies.may("people.assign_role", self.request.user)
        names = self.model_admin.get_inspect_view_fields()
        return [self.get_dict_for_field(name) for name in names if manages_people or name != "last_login"]


def _yes_or_no(answer: bool) -> str:
    return gettext("yes") if answer else gettext("no")


class PeopleAdmin(RecordAdmin):
    model = User
    menu_label = _("People")
    menu_icon = "user"
    list_display = ("full_name", "email", "email_confirmed", "roles", "created_at", "may_sign_in")
    list_filter = (RoleFilter, "is_active", "created_at")
    list_export = ("id", "full_name", "email", "email_confirmed", "roles", "created_at")
    search_fields = ("full_name", "email")
    inspect_view_class = PersonInspect
    # No date of birth: it is collected only to check the age.
    inspect_view_fields = ("full_name", "email", "email_confirmed", "roles", "created_at", "last_login", "may_sign_in")
    ordering = ("full_name", "id")
    export_filename = "people"
    actions = (
        RecordAction(
            name="assign_role",
            label=_("Give a role"),
            asks=_(
                "They get the role's permissions at once. If their email address isn't confirmed, "
                "a role in the admin signs them out, and we send them a link to choose a new password."
            ),
            policy="people.assign_role",
            run=_assign,
            form=RoleForm,
        ),
        RecordAction(
            name="withdraw_role",
            label=_("Remove a role"),
            asks=_("They lose the role's permissions at once."),
            policy="people.assign_role",
            run=_withdraw,
            form=RoleForm,
            applies=lambda person: len(person.groups.all()) > 0,
            grave=True,
        ),
    )

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
        people = super().get_queryset(request).annotate(has_verified_email=Exists(verified))
        return people.prefetch_related("groups")

    @display(description=_("Email confirmed"))
    def email_confirmed(self, person: User) -> str:
        verified = getattr(person, "has_verified_email", None)
        return _yes_or_no(queries.has_verified_email(person) if verified is None else verified)

    @display(description=_("May sign in"))
    def may_sign_in(self, person: User) -> str:
        return _yes_or_no(person.is_active)

    def roles(self, person: User) -> str:
        return ", ".join(sorted(group.name for group in person.groups.all())) or "–"
