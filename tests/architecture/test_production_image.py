"""Production image: the code that runs there imports nothing that is left out of it."""

import os
import re
import shutil
import subprocess
import sys

from lyceum import ROOT

LEFT_OUT = ("site/lyceum_dev", "tests")
CODE = ("academies", "catalog", "commerce", "home", "site", "templates", "manage.py")
IMPORTS_DEV = re.compile(r"^\s*(from|import) (lyceum_dev|tests)\b", re.MULTILINE)


def test_the_image_leaves_out_what_is_for_developers():
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert set(LEFT_OUT) <= set(ignored)


def test_nothing_that_runs_in_production_imports_what_is_left_out():
    folders = [ROOT / name for name in ("academies", "catalog", "commerce", "home", "site/lyceum")]
    files = [file for folder in folders for file in folder.rglob("*.py")]

    assert len(files) > 300
    assert [file for file in files if IMPORTS_DEV.search(file.read_text())] == []


def test_the_image_s_code_checks_itself_and_loads_the_web_application(tmp_path):
    for name in CODE:
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "lyceum_dev"))
        else:
            shutil.copy(source, target)
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DJANGO_SETTINGS_MODULE")},
        "SECRET_KEY": "image-" + "x" * 60,
        "NO_BOOTSTRAP": "1",
    }
    loads = "import sys; sys.path.insert(0, 'site'); import lyceum.wsgi, lyceum.celery, lyceum.gunicorn_conf"

    for arguments in (["manage.py", "check"], ["-c", loads]):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, done.stderr
