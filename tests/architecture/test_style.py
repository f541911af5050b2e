"""Source conventions that neither ruff nor import-linter can express."""

import re
from pathlib import Path

import pytest

from academies.kernel import policies

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    file
    for floor in ("academies", "catalog", "commerce", "home", "site")
    for file in (ROOT / floor).rglob("*.py")
    if "migrations" not in file.parts
]


@pytest.mark.parametrize(
    ("shape", "instead"),
    [
        (r"with (self\.)?(tenant|academy)(:| as )", "tenant_context or academies.tenants.context.inside"),
        (r"\bTODO\b|\bFIXME\b", "an issue, or the work itself"),
        (r"from wagtail\.contrib\.modeladmin", "wagtail_modeladmin"),
    ],
)
def test_a_banned_shape_stays_out(shape, instead):
    files = [f"{file.relative_to(ROOT)}" for file in SOURCES if re.search(shape, file.read_text())]

    assert files == [], f"use {instead}"


def test_no_module_is_a_junk_drawer():
    drawers = {"utils", "helpers", "common", "misc", "services"}
    # The stand-in's `services` is an object of that name, not a drawer.
    named = [file.relative_to(ROOT) for file in SOURCES if "standins" not in file.parts]

    assert [file for file in named if drawers & {part.removesuffix(".py") for part in file.parts}] == []


def test_a_policy_is_registered_by_an_app_s_permissions():
    modules = {name: policy.__module__ for name, policy in policies._policies.items()}

    assert {name: module for name, module in modules.items() if not module.endswith(".permissions")} == {}


def test_no_command_of_a_deployment_reads_the_demo_s_content():
    others = [file for file in SOURCES if "lyceum_dev" not in file.parts]

    assert [str(file.relative_to(ROOT)) for file in others if "lyceum_dev.demo" in file.read_text()] == []


def test_no_import_hides_in_a_function():
    # An app's `ready` is made for it; a session's table and its store need each other, as Django's own do.
    own = {"apps.py", "people/models.py"}
    # So do a page and the queries that its `get_context` calls.
    hidden = re.compile(
        r"^ +(from|import) (academies|catalog|commerce|home)\b(?!\.\w+ import queries\n\n +(return|context|course)\b)",
        re.MULTILINE,
    )
    rooms = [file for file in SOURCES if "site" not in file.parts and not own & {file.name, "/".join(file.parts[-2:])}]

    assert [str(file.relative_to(ROOT)) for file in rooms if hidden.search(file.read_text())] == []


def test_only_actions_write():
    # Two stores and a manager that keep to one table of their own; drawing a PDF ends in a method called "save".
    own = {"schema_template.py", "sessions.py", "models.py", "pdf.py", "actions.py"}
    creating, changing = r"(get_or_|update_or_|bulk_)?create", r"(bulk_)?update|delete"
    write = re.compile(rf"(?<!actions)\.save\(|\.({creating}|{changing})\((\)|[a-z_]+=|$)", re.MULTILINE)
    rooms = [file for file in SOURCES if "site" not in file.parts and not {"actions", "gateways"} & set(file.parts)]

    files = [file for file in rooms if file.name not in own and write.search(file.read_text())]

    assert [str(file.relative_to(ROOT)) for file in files] == []


def test_rules_and_actions_take_now_as_an_argument():
    """The journal and the outbox note when something was; see the kernel's clock."""
    rooms = [file for file in SOURCES if not {"journal", "outbox"} & set(file.parts)]
    files = [file for file in rooms if {"rules", "actions"} & {part.removesuffix(".py") for part in file.parts}]

    reading = re.compile(r"\bclock\.now\(|timezone\.now\(|datetime\.now\(|date\.today\(")
    assert len(files) > 20
    assert [str(file.relative_to(ROOT)) for file in files if reading.search(file.read_text())] == []
