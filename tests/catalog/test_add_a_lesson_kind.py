"""docs/add_a_lesson_kind.md works as written: the audio kind, built from the page's own code, saves progress."""

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
PAGE = ROOT / "docs" / "add_a_lesson_kind.md"
# What a copy of the project needs to run.
COPIED = ("academies", "catalog", "commerce", "home", "site", "templates", "tests", "manage.py", "pyproject.toml")
MOST_FILES_OUTSIDE = 5

# Runs in the copy: a learner opens an audio lesson and their player reports twenty seconds of it.
USE_IT = """
import json, os, django
django.setup()
from academies.people.models import User
from academies.tenants.context import inside
from catalog.activities.registry import kinds
from commerce.learning.api_v1.serializers import ListedLecture
from django.test import Client
from tests.fixtures import lesson_factory

schema = os.environ["ACADEMY"]
with inside(schema):
    audio = ("audio", {"duration_seconds": 100, "must_watch_percent": 90, "transcript": "Feed it every morning."})
    page = lesson_factory.course(lessons=[audio])
    person = User.objects.create_user("listener@example.com", "a long password")
    lesson_factory.enrolled(person, page)
    lesson = lesson_factory.lessons_of(page)[0]
    client = Client(headers={"host": schema.replace("_", "-") + ".localhost"})
    client.force_login(person)
    url = f"/api/v1/lectures/{lesson.pk}/"
    shown = client.get(lesson.url)
    body = client.get(url).json()
    report = client.post(url + "progress/", {"watched": [[0, 20]]}, content_type="application/json").json()
    print(json.dumps({
        "kinds": list(ListedLecture().fields["kind"].choices),
        "page": shown.status_code,
        "transcript": "Feed it every morning." in shown.content.decode(),
        "body": body["body"],
        "percent": report["percent"],
    }))
"""


def code_blocks() -> dict[str, str]:
    """Return the page's code blocks that are files, by path."""
    blocks = re.findall(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return dict(blocks)


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the project. Its database is the one of this test."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "content"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def run(copy: Path, *arguments: str, academy: str = "") -> str:
    at = settings.DATABASES["default"]
    url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    environment = {
        **os.environ,
        "ACADEMY": academy,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "lyceum_dev.settings_test",
        "PYTHONPATH": f"{copy / 'site'}{os.pathsep}{copy}",
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_audio_kind_of_the_page_saves_progress(committed_academy, copy):
    before = files_in(copy)
    for path, code in code_blocks().items():
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(code)

    run(copy, "-m", "django", "makemigrations", "courses", "-n", "audio_lessons")
    new = {path for path in files_in(copy) - before if not path.startswith("catalog/activities/kinds/audio/")}
    result = json.loads(run(copy, "-c", USE_IT, academy=committed_academy.schema_name).splitlines()[-1])

    assert len(new) < MOST_FILES_OUTSIDE
    assert [path for path in new if "migrations" in path and path.endswith("_audio_lessons.py")]
    assert result["page"] == 200
    assert result["kinds"] == ["audio", "pdf", "quiz", "text", "video"]
    assert result["body"]["transcript"] == "Feed it every morning."
    assert result["percent"] == 20
    assert result["transcript"]
