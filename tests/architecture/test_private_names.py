"""Tests use public names only, so that a refactoring of the product breaks no test."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(TESTS.rglob("*.py"))
PACKAGES = {"academies", "catalog", "commerce", "home", "lyceum", "lyceum_dev", "tests"}
# Private names of the frameworks that tests may use, because there is no public one.
ALLOWED = {
    "_meta": "Django documents it",
    "_state": "Django documents it",
    "_messages": "where Django's message middleware puts the storage of a request",
    "_cache": "the client of Django's Redis cache, which tells how long a key lives",
    "_replace": "a method of named tuples",
    "_subset": "fpdf2's cache of a font's glyphs",
    "_endpoints": "the endpoints of Wagtail's API router",
    "_initialise_endpoints": "drf-spectacular's list of operations",
    "_get_paths_and_endpoints": "drf-spectacular's list of operations",
}
PATCHING = {"setattr", "delattr", "getattr"}


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in ALLOWED


def _private_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] in PACKAGES:
                yield from (f"{module}.{each.name}" for each in names if _is_private(each.name))
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                pass
            case ast.Attribute(attr=attr) if _is_private(attr):
                yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr=attr) | ast.Name(id=attr), args=args) if attr in PATCHING:
                texts = [each.value for each in args[:2] if isinstance(each, ast.Constant)]
                yield from (text for text in texts if _is_private(str(text).rpartition(".")[2]))


@pytest.mark.parametrize(
    "source", ["from academies.journal import _x", "journal._x()", "monkeypatch.setattr(journal, '_x', 1)"]
)
def test_a_private_name_is_noticed(source):
    assert list(_private_names(ast.parse(source)))


def test_tests_use_no_private_name():
    used = {str(file.relative_to(TESTS)): sorted(set(_private_names(ast.parse(file.read_text())))) for file in FILES}

    assert {file: names for file, names in used.items() if names} == {}
