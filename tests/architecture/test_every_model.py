"""Every model: it has a docstring and a policy, and records are written by actions only."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from wagtail.contrib.settings.registry import registry as settings_registry
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.snippets.models import get_snippet_models
from wagtail_modeladmin.options import ModelAdmin

from academies.people.roles import ROLES
from academies.records.record_admin import RecordAdmin

PACKAGES = ("academies", "catalog", "commerce", "home", "lyceum")
MODELS = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
# Nobody sees these in the admin, and why.
UNSEEN = {
    "tenants.Academy": "the platform's own registry, in public", "tenants.Domain": "the same", "tenants.TemplateArtefact": "the same",
    "lyceum.StoredResponse": "answers kept for a day", "people.SignIn": "its person's own", "people.RefreshToken": "a secret",
    "people.BrowserSession": "its person's own", "people.Profile": "its person's own", "people.Skill": "its person's own",
    "people.KnownDevice": "digests that nobody can read",
    "journal.Entry": "shown as the history of what it tells of", "outbox.Message": "machinery",
    "library.Rendition": "made from pictures",
    "operations.Heartbeat": "the operator's", "operations.Measurement": "the operator's", "operations.Alarm": "the operator's",
    "enrolments.Entitlement": "shown with its enrolment", "enrolments.RequirementSet": "what a course asked for on a day",
    "learning.Progress": "shown as the enrolment's percent",
    "learning.Attempt": "its learner's own", "learning.Note": "its learner's own", "learning.Bookmark": "its learner's own",
    "checkout.OrderLine": "shown with its order", "manual_payments.ManualPayment": "shown as its payment attempt",
    "manual_payments.ManualRefund": "shown as its refund", "checkout.PaymentAccount": "a secret; the operator connects it",
}  # fmt: skip
# Part of the form of something else.
INLINE = {"offerings.Offering", "courses.CourseInstructor", "events.EventSpeaker"}


def _label(model: type) -> str:
    return model._meta.label


def _record_admins() -> set[str]:
    admins, left = set(), [ModelAdmin]
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        if getattr(kind, "model", None) is not None:
            admins.add(_label(kind.model))
    return admins


def _edited() -> set[str]:
    """What a Wagtail form writes."""
    files = {"library.AcademyImage", "library.AcademyDocument"}
    snippets = {_label(model) for model in get_snippet_models()}
    pages = {_label(model) for model in MODELS if issubclass(model, Page)}
    return files | snippets | pages | {_label(model) for model in settings_registry} | INLINE


@pytest.mark.parametrize("model", MODELS, ids=_label)
def test_a_table_says_whether_it_is_a_record_or_a_definition(model):
    assert re.match(r"A (record|definition): \S", model.__doc__ or ""), f"{_label(model)}: {model.__doc__}"


@pytest.mark.parametrize("model", MODELS, ids=_label)
def test_a_definition_has_a_form_and_a_record_a_record_admin_or_a_reason(model):
    label, is_record = _label(model), (model.__doc__ or "").startswith("A record")

    if label in UNSEEN:
        assert label not in _record_admins() | _edited(), f"{label} is seen, so it needs no reason not to be"
    elif is_record:
        assert label in _record_admins(), f"{label}: give it a record admin, or write why nobody sees it"
        assert label not in _edited(), f"{label} is a record: a form must not write it"
    elif label != "people.User":
        assert label in _edited(), f"{label}: give it a form, or write why nobody sees it"


@pytest.mark.parametrize("model", [each for each in MODELS if _label(each) in _edited() - INLINE], ids=_label)
def test_who_may_edit_a_definition_is_decided_by_its_policy(model):
    policy = policy_registry.get_by_type(model)
    assert policy is not None
    if issubclass(model, Page):
        return

    # Wagtail's permissions on files are called after its own models.
    names = {model._meta.model_name, model._meta.model_name.removeprefix("academy")}
    verbs = {f"{verb}_{name}" for verb in ("add", "change", "delete", "view") for name in names}
    granted = {name.rpartition(".")[2] for role in ROLES for name in (*role.permissions, *role.collections)}

    assert verbs & granted, f"no role may touch {_label(model)}"


def test_every_act_is_granted_to_some_role():
    acts = {f"{model._meta.app_label}.{codename}" for model in MODELS for codename, _ in model._meta.permissions}
    granted = {name for role in ROLES for name in role.permissions}

    assert acts <= granted, f"nobody may {acts - granted}"


@pytest.mark.parametrize("label", sorted(_record_admins()))
def test_a_record_admin_neither_adds_nor_changes_nor_deletes(label, owner):
    model = apps.get_model(label)
    record_admins = [kind() for kind in RecordAdmin.__subclasses__() if _label(kind.model) == label]

    for record_admin in record_admins:
        helper = record_admin.permission_helper
        assert not helper.user_can_create(owner), label
        assert not helper.user_can_edit_obj(owner, model()), label
        assert not helper.user_can_delete_obj(owner, model()), label


@pytest.mark.django_db
def test_a_secret_of_the_registry_is_in_no_list_of_the_admin(owner):
    client = Client(headers={"host": "north.localhost"})
    client.force_login(owner)

    page = client.get("/admin/").content.decode()

    for label in UNSEEN:
        app, name = label.lower().split(".")
        assert f"/admin/{app}/{name}/" not in page
        assert f"/admin/snippets/{app}/{name}/" not in page


def test_no_app_writes_another_app_s_records_past_its_actions():
    """`objects.create` and `.save(` of a record are for its own app's actions; views call these."""
    root, endpoint_files = (
        Path(__file__).resolve().parents[2],
        ("views.py", "api_v1.py", "api_v2.py", "wagtail_hooks.py", "record_admins.py"),
    )
    records = {model.__name__ for model in MODELS if (model.__doc__ or "").startswith("A record")}
    wrote = re.compile(
        rf"\b({'|'.join(sorted(records))})\.objects\.(create|bulk_create|update_or_create|get_or_create)\("
    )

    guilty = [
        f"{path.relative_to(root)}: {match[0]}"
        for package in PACKAGES[:-1]
        for path in (root / package).rglob("*.py")
        if path.name in endpoint_files or path.parent.name == "api"
        if (match := wrote.search(path.read_text()))
    ]

    assert guilty == []
