"""Documentation: links, paths, commands and settings named in it exist."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SOURCES = [
    file
    for floor in ("academies", "catalog", "commerce", "home", "site", "tests")
    for file in (ROOT / floor).rglob("*.py")
    if "migrations" not in file.parts
] + [ROOT / "manage.py"]
# What the system, Python, pytest, a CI server or a test itself sets.
FOREIGN = {
    "ACADEMY",
    "CI",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "HOME",
    "PATH",
    "PYTHONPATH",
    "PYTEST_XDIST_WORKER",
    "WORKER_READY_FILE",
}
# How variables are read: settings' own two functions, and os.environ.
READING = re.compile(
    r"""(?:\benv|\bflag|os\.environ\.(?:get|setdefault|pop)|getenv)\(\s*["']([A-Z][A-Z_]+)["']"""
    r"""|os\.environ\[["']([A-Z][A-Z_]+)["']\]"""
)


def _read() -> set[str]:
    names = {name for file in SOURCES for pair in READING.findall(file.read_text()) for name in pair if name}
    return names - FOREIGN


def _listed() -> set[str]:
    return set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_every_variable_that_is_read_is_listed():
    assert _read() - _listed() == set()


def test_every_variable_that_is_listed_is_read():
    # These are read through a loop over their names.
    assert _listed() - _read() <= {"BROKER_URL", "CACHE_URL", "CHROMIUM", "STRIPE_TEST_SECRET_KEY"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_file_that_is_linked_is_there(document):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text())
    local = [link for link in links if "://" not in link]

    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_every_command_that_is_named_is_there(document):
    named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))

    # `demo` is no command of Django's: manage.py does it before Django is there.
    assert named - set(get_commands()) - {"demo", "test"} == set()


def test_every_target_of_make_that_is_named_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for file in DOCUMENTS for name in re.findall(r"`make ([a-z]+)`", file.read_text())}

    assert named <= targets
    assert named


def test_every_test_that_is_named_is_there():
    there = {name for file in SOURCES for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)}
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/tenancy.md").read_text()))

    assert len(named) > 20
    assert named - there == set()


def test_every_address_in_the_examples_is_a_route():
    examples = re.findall(r"\$H(/[^\s\"'?]*)", (ROOT / "docs/api.md").read_text())
    example_id = "0190c0de-0000-7000-8000-000000000000"

    for path in examples:
        filled = path.replace("$ATTEMPT", example_id)
        assert resolve(re.sub(r"\$[A-Z]+", "7", filled)).route, path
    assert len(examples) > 15


def test_the_version_is_the_same_everywhere():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"lyceum:{version}" in (ROOT / "compose.yaml").read_text()
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_containers_run_what_the_systemd_units_run():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("worker", "clock"):
        unit = (ROOT / f"deploy/systemd/lyceum-{name}.service").read_text()
        assert " ".join(services[name]["command"][:4]) in unit
    assert "site/lyceum/gunicorn_conf.py lyceum.wsgi" in (ROOT / "deploy/systemd/lyceum-web.service").read_text()


def test_the_hooks_before_a_commit_are_local():
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]

    assert [repository["repo"] for repository in repositories] == ["local"]
    assert {hook["id"] for hook in repositories[0]["hooks"]} >= {"ruff-check", "ruff-format", "mypy", "lint-imports"}
