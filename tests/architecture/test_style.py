"""Source conventions that neither ruff nor import-linter can express."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    file
    for package in ("academies", "catalog", "commerce", "home", "site")
    for file in (ROOT / package).rglob("*.py")
    if "migrations" not in file.parts
]


def test_no_tenant_is_used_as_a_context_manager():
    shape = re.compile(r"with (self\.)?(tenant|academy)(:| as )")
    files = [f"{file.relative_to(ROOT)}" for file in SOURCES if shape.search(file.read_text())]

    assert files == [], "use tenant_context or academies.tenants.context.inside"


def test_no_module_is_a_junk_drawer():
    drawers = {"utils", "helpers", "common", "misc", "services"}
    # The stand-in's `services` is an object of that name, not a drawer.
    named = [file.relative_to(ROOT) for file in SOURCES if "standins" not in file.parts]

    assert [file for file in named if drawers & {part.removesuffix(".py") for part in file.parts}] == []


def test_a_policy_is_registered_by_an_app_s_permissions():
    registering = [file for file in SOURCES if "@policies.register(" in file.read_text()]

    assert len(registering) > 5
    assert [str(file) for file in registering if "permissions" not in {file.stem, file.parent.name}] == []


def test_no_command_of_a_deployment_reads_the_demo_s_content():
    others = [file for file in SOURCES if "lyceum_dev" not in file.parts]

    assert [str(file.relative_to(ROOT)) for file in others if "lyceum_dev.demo" in file.read_text()] == []


def test_only_actions_write():
    # Two stores and a manager that keep to one table of their own; drawing a PDF ends in a method called "save".
    own = {"schema_template.py", "sessions.py", "models.py", "pdf.py", "actions.py"}
    creating, changing = r"(get_or_|update_or_|bulk_)?create", r"(bulk_)?update|delete"
    write = re.compile(rf"(?<!actions)\.(save\(|({creating}|{changing})\((\)|[a-z_]+=|$))", re.MULTILINE)
    modules = [file for file in SOURCES if "site" not in file.parts and not {"actions", "gateways"} & set(file.parts)]

    files = [file for file in modules if file.name not in own and write.search(file.read_text())]

    assert [str(file.relative_to(ROOT)) for file in files] == []


def test_rules_and_actions_take_now_as_an_argument():
    """The journal and the outbox note when something was; see the kernel's clock."""
    modules = [file for file in SOURCES if not {"journal", "outbox"} & set(file.parts)]
    files = [file for file in modules if {"rules", "actions"} & {part.removesuffix(".py") for part in file.parts}]

    reading = re.compile(r"\bclock\.now\(|timezone\.now\(|datetime\.now\(|date\.today\(")
    assert len(files) > 20
    assert [str(file.relative_to(ROOT)) for file in files if reading.search(file.read_text())] == []


def test_no_fault_point_is_armed_by_the_product():
    arming = [file for file in SOURCES if "faultpoints.armed" in file.read_text()]

    assert [str(file.relative_to(ROOT)) for file in arming] == []
