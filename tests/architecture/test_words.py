"""Names: words that the vocabulary has retired name nothing in the code, and the tree is searched by its own terms."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("academies", "catalog", "commerce", "home", "site", "tests")
FILES = [
    file
    for folder in FOLDERS
    for file in sorted((ROOT / folder).rglob("*.py"))
    if not {"migrations", "__pycache__"} & set(file.parts)
]
# They say what happened to a thing, not what it is.
RETIRED_NAMES = set("told asked found given made kept wanted said one".split())
# One word of a name, in any spelling: `order_ledger`, `OrderLedger`.
RETIRED_WORDS = set(
    "told teller wish wishes ledger ledgers sitting fastlane staleness freshness courier arena classroom seal seals "
    "unseal wording shelf shelves aviary chrome headless doors".split()
)
# A word that a package or the trade means otherwise, where it is.
ALLOWED = {("home/pages/models/headless.py", "headless")}
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def bound_names(tree: ast.AST) -> list[tuple[int, str]]:
    """Return each name that the code binds, with its line: variables, arguments, attributes, functions and classes."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.append((node.lineno, node.id if isinstance(node, ast.Name) else node.attr))
        elif isinstance(node, ast.arg):
            names.append((node.lineno, node.arg))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("test_"):
            names.append((node.lineno, node.name))
    return names


def retired_in(file: Path) -> list[str]:
    place = str(file.relative_to(ROOT))
    names = [(0, file.stem), *bound_names(ast.parse(file.read_text()))]
    return [
        f"{place}:{line} {name}"
        for line, name in names
        if name in RETIRED_NAMES
        or any(word.lower() in RETIRED_WORDS and (place, word.lower()) not in ALLOWED for word in WORD.findall(name))
    ]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_name_is_a_retired_word(folder):
    files = [file for file in FILES if file.relative_to(ROOT).parts[0] == folder]

    assert len(files) > 20
    assert [line for file in files for line in retired_in(file)] == []


def test_a_retired_word_is_noticed_in_every_kind_of_name(tmp_path):
    code = "def order_ledger(told, *, fine):\n    self.wish = [one for one in fine]\nclass PageTeller: ...\n"

    names = {name for _, name in bound_names(ast.parse(code))}

    assert {"order_ledger", "told", "wish", "one", "PageTeller"} <= names
