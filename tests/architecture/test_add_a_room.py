"""docs/add_a_room.md works as written: the app built from the page's own code is found by the project and used."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "add_a_room.md"
# What a copy of the project needs to run.
COPIED = (
    "academies", "catalog", "commerce", "home", "site", "templates", "manage.py", "pyproject.toml", ".importlinter",
)  # fmt: skip
MOST_FILES_OUTSIDE = 5
FILE = re.compile(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSERTION = re.compile(r"^In `([\w/.]+)`, after `([^`\n]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Runs in the copy, in an academy whose schema lacks only the new table.
USE_IT = """
import json, sys, django
django.setup()
from django.db import connection
from django.test import Client
from academies.kernel import clock
from academies.kernel.money import Money
from academies.people.models import User
from academies.people.roles import ROLES
from academies.tenants.context import inside
from commerce.payouts import actions
from commerce.payouts.models import Payout
from lyceum import composition

schema = sys.argv[1]
with inside(schema):
    with connection.schema_editor() as editor:
        editor.create_model(Payout)
    person = User.objects.create_user("teacher@example.com", "a long password", full_name="Theo Teacher")
    for _ in range(2):
        actions.record_payout(
            person=person, amount=Money(12_000, "EUR"), reference="PO-1", by=person, now=clock.now()
        )
    client = Client(headers={"host": schema.replace("_", "-") + ".localhost"})
    stranger = client.get("/api/v1/payouts/")
    client.force_login(person)
    body = client.get("/api/v1/payouts/").json()
    print(json.dumps({
        "stranger": stranger.status_code,
        "payouts": [row["reference"] for row in body["results"]],
        "admin": "PayoutAdmin" in [admin.__name__ for _, admin in composition.record_admins("sales")],
        "roles": [role.name for role in ROLES if "payouts.view_payout" in role.permissions],
    }))
"""


@pytest.fixture
def copy(tmp_path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "content"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def run_in(copy: Path, *arguments: str) -> str:
    at = settings.DATABASES["default"]
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}",
        "DJANGO_SETTINGS_MODULE": "lyceum.settings",
        "SECRET_KEY": "copy-" + "x" * 60,
        "PUBLIC_SCHEME": "http",
        "PYTHONPATH": f"{copy / 'site'}{os.pathsep}{copy}",
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_app_of_the_page_is_found_and_used(committed_academy, copy):
    text = PAGE.read_text()
    for path, code in FILE.findall(text):
        assert path.startswith("commerce/payouts/")
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(code)
    insertions = INSERTION.findall(text)
    for path, anchor, code in insertions:
        before = (copy / path).read_text()
        assert before.count(f"{anchor}\n") == 1, f"{path}: {anchor}"
        (copy / path).write_text(before.replace(f"{anchor}\n", f"{anchor}\n{code}"))

    run_in(copy, "-m", "django", "makemigrations", "payouts")
    run_in(copy, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    result = json.loads(run_in(copy, "-c", USE_IT, committed_academy.schema_name).splitlines()[-1])

    # And a line in the changelog.
    assert len({path for path, *_ in insertions}) + 1 <= MOST_FILES_OUTSIDE
    assert (copy / "commerce/payouts/migrations/0001_initial.py").exists()
    assert result == {"stranger": 401, "payouts": ["PO-1"], "admin": True, "roles": ["Owner", "Finance"]}
