"""The base class of the admin of records."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import re_path
from django.utils.translation import gettext
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.permissions import policy_registry
from wagtail_modeladmin.helpers import ButtonHelper, ModelAdminURLFinder, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import HistoryView, IndexView, InspectView

from academies.journal.models import Entry
from academies.kernel.money import Money
from academies.records.export import StreamedExport
from academies.records.record_actions import RecordAction, RecordActionView
from academies.tenants.money_format import format_money

# Spreadsheets read a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class ReadOnlyPermissionHelper(PermissionHelper):
    """Allows listing and inspecting with the view permission; nobody adds, changes or deletes. Uses Wagtail's policy."""

    def user_can_list(self, user: Any) -> bool:
        policy = policy_registry.get_by_type(self.model)
        if policy is not None:
            return bool(policy.user_has_permission(user, "view"))
        return self.user_has_specific_permission(user, self.get_perm_codename("view"))

    def user_can_inspect_obj(self, user: Any, obj: Model) -> bool:
        return self.user_can_list(user)

    def user_has_any_permissions(self, user: Any) -> bool:
        return self.user_can_list(user)

    def user_can_create(self, user: Any) -> bool:
        return False

    def user_can_edit_obj(self, user: Any, obj: Model) -> bool:
        return False

    def user_can_delete_obj(self, user: Any, obj: Model) -> bool:
        return False


class RecordActionButtons(ButtonHelper):
    """Inspect, history, and a button for each action that the person may run on the record now."""

    def get_buttons_for_obj(
        self, obj: Model, exclude: Any = None, classnames_add: Any = None, **kwargs: Any
    ) -> list[dict]:
        buttons = super().get_buttons_for_obj(obj, exclude, classnames_add, **kwargs)
        model_admin = self.view.model_admin
        pk = str(obj.pk)
        for action in model_admin.actions:
            if action.applies(obj) and action.may(self.request.user, obj):
                style = ["no"] if action.grave else ["button-secondary"]
                buttons.append(
                    {
                        "url": self.url_helper.get_action_url(action.name, pk),
                        "label": action.label,
                        "classname": self.finalise_classname([*style, *(classnames_add or [])]),
                        "title": action.label,
                    }
                )
        if "history" not in (exclude or []) and self.permission_helper.user_can_inspect_obj(self.request.user, obj):
            buttons.append(
                {
                    "url": self.url_helper.get_action_url("history", pk),
                    "label": "History",
                    "classname": self.finalise_classname(["button-secondary", *(classnames_add or [])]),
                    "title": "What happened to it",
                }
            )
        return buttons


class ListedRecordMixin:
    """Looks the record up in the list's queryset, so that records that aren't listed can't be opened."""

    def __init__(self, model_admin: "RecordAdmin", instance_pk: str):
        try:
            is_listed = model_admin.get_queryset(None).filter(pk=instance_pk).exists()
        except (ValidationError, ValueError) as error:
            raise Http404 from error
        if not is_listed:
            raise Http404
        super().__init__(model_admin, instance_pk)  # type: ignore[call-arg]


def _cell(value: Any) -> Any:
    """Return the value of a cell: numbers and dates unchanged, None as empty, text escaped against formulas."""
    if value is None:
        return ""
    if isinstance(value, Money):
        # A number that spreadsheets can add up, with all decimals of its currency.
        return value.major
    if isinstance(value, bool | int | float | Decimal | date):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _details(details: Mapping[str, Any], currency: str) -> str:
    """Return a journal entry's details as text, with amounts as decimals of the record's currency."""
    return "; ".join(_detail(name, value, currency) for name, value in details.items())


def _detail(name: str, value: Any, currency: str) -> str:
    if currency and name.endswith("_minor") and isinstance(value, int):
        name, value = name.removesuffix("_minor"), format_money(Money(value, currency), in_full=True)
    return f"{name.replace('_', ' ')}: {value}"


class RecordIndexView(StreamedExport, IndexView):
    def get_page_title(self) -> str:
        """Title the list as in the menu: "Payments", not "Payment attempts"."""
        return str(self.model_admin.get_menu_label())

    def get_meta_title(self) -> str:
        return self.get_page_title()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """List, search, filter or export; invalid lookup parameters redirect to the whole list."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except IncorrectLookupParameters:
            return redirect(self.index_url)

    def get_filters(self, request: HttpRequest) -> tuple:
        """Allow only the filters in `list_filter`: `?person__password__startswith=` would leak a secret."""
        filters, has_filters, _others, distinct = super().get_filters(request)
        return filters, has_filters, {}, distinct

    def to_row_dict(self, item: Model) -> dict[str, Any]:
        """Return a row of the export. Zero stays zero; only None is left empty."""
        row = OrderedDict()
        for name in self.list_export:
            _, _, value = lookup_field(name, item, self.model_admin)
            row[name] = _cell(value)
        return row


class RecordInspectView(ListedRecordMixin, InspectView):
    def get_field_display_value(self, field_name: str, field: Any = None) -> Any:
        method = getattr(self.model_admin, field_name, None)
        if callable(method):
            return method(self.instance)
        value = super().get_field_display_value(field_name, field)
        raw = getattr(self.instance, field_name, None)
        if isinstance(raw, list):
            return ", ".join(map(str, raw)) or "–"
        return raw if raw == 0 and raw is not False else value

    def get_field_label(self, field_name: str, field: Any = None) -> str:
        if field is None:
            return field_name.replace("_", " ").capitalize()
        return str(super().get_field_label(field_name, field)).capitalize()


class RecordHistoryView(ListedRecordMixin, HistoryView):
    """The journal's entries about one record."""

    @property
    def columns(self) -> list[Column]:
        currency = getattr(self.instance, "currency", "")
        return [
            Column("verb", label=gettext("What happened")),
            Column("by", label=gettext("By"), accessor=lambda entry: entry.by or "the system"),
            Column("details", label=gettext("Details"), accessor=lambda entry: _details(entry.details, currency)),
            DateColumn("at", label=gettext("When")),
        ]

    def check_action_permitted(self, user: Any) -> bool:
        return self.permission_helper.user_can_inspect_obj(user, self.instance)

    def get_queryset(self) -> QuerySet[Entry]:
        entries = Entry.objects.filter(subject_type=self.model._meta.label_lower, subject_id=str(self.instance.pk))
        return entries.select_related("by").order_by("-at", "-id")


class RecordAdmin(ModelAdmin):
    """The admin of one model: columns, filters, search and actions. Option names follow `ModelViewSet` where it has them."""

    actions: ClassVar[tuple[RecordAction, ...]] = ()
    permission_helper_class = ReadOnlyPermissionHelper
    button_helper_class = RecordActionButtons
    index_view_class = RecordIndexView
    inspect_view_class = RecordInspectView
    history_view_class = RecordHistoryView
    inspect_view_enabled = True
    history_view_enabled = True
    list_per_page = 50
    empty_value_display = "–"
    select: ClassVar[tuple[str, ...]] = ()
    # A total order: without one, rows may appear on two pages.
    ordering: tuple[str, ...] = ("-pk",)

    def get_queryset(self, request: HttpRequest | None) -> QuerySet:
        return super().get_queryset(request).select_related(*self.select)

    def get_extra_attrs_for_row(self, obj: Model, context: Any) -> dict[str, str]:
        return {"data-status": str(getattr(obj, "status", ""))}

    def get_admin_urls_for_registration(self) -> tuple:
        helper = self.url_helper
        return super().get_admin_urls_for_registration() + tuple(
            re_path(
                helper.get_action_url_pattern(action.name),
                self._view_of(action),
                name=helper.get_action_url_name(action.name),
            )
            for action in self.actions
        )

    def _view_of(self, action: RecordAction) -> Any:
        view = type("RecordActionView", (ListedRecordMixin, RecordActionView), {"action": action})

        def action_view(request: HttpRequest, instance_pk: str) -> Any:
            return view.as_view(model_admin=self, instance_pk=instance_pk)(request)

        return action_view

    def register_admin_url_finders(self) -> None:
        """Make links to a record in other parts of the admin lead to its inspect view, since there is no edit view."""
        model_admin = self

        class Finder(ModelAdminURLFinder):
            def get_edit_url(self, instance: Model) -> str | None:
                if self.user is None or model_admin.permission_helper.user_can_list(self.user):
                    return model_admin.url_helper.get_action_url("inspect", str(instance.pk))
                return None

        register_admin_url_finder(self.model, Finder)
