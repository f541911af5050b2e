"""Bootstrap: a fresh clone creates its virtual environment once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lyceum import ROOT
from lyceum_dev import bootstrap


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("django==5.2.19\n")
    (tmp_path / "requirements-dev.txt").write_text("django==5.2.19\npytest==9.2.0\n")
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / bootstrap.MARKER).write_text(bootstrap.identity())
    (venv / bootstrap.STAMP).write_text(bootstrap.digest(tmp_path / "requirements.txt"))
    return tmp_path


def test_a_stamped_environment_is_used_as_it_is(clone: Path) -> None:
    assert bootstrap.is_installed(clone, clone / ".venv", dev=False)


def test_the_demo_does_not_pay_for_development_tools(clone: Path) -> None:
    assert not bootstrap.is_installed(clone, clone / ".venv", dev=True)


def test_changed_requirements_are_installed_again(clone: Path) -> None:
    (clone / "requirements.txt").write_text("django==5.2.20\n")

    assert not bootstrap.is_installed(clone, clone / ".venv", dev=False)


def test_an_interrupted_installation_is_not_trusted(clone: Path) -> None:
    (clone / ".venv" / bootstrap.STAMP).unlink()

    assert not bootstrap.is_installed(clone, clone / ".venv", dev=False)


def test_an_environment_that_somebody_else_made_is_left_alone(clone: Path) -> None:
    (clone / ".venv" / bootstrap.MARKER).unlink()
    (clone / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")

    assert not bootstrap.is_own(clone / ".venv")


def test_a_half_removed_environment_may_be_made_anew(clone: Path) -> None:
    (clone / ".venv" / bootstrap.MARKER).unlink()

    assert bootstrap.is_own(clone / ".venv")


def test_bootstrapping_needs_the_standard_library_only() -> None:
    script = "import lyceum_dev.bootstrap, lyceum_dev.demo.options"

    isolated = subprocess.run(
        [sys.executable, "-S", "-c", script], check=False, env={**os.environ, "PYTHONPATH": str(ROOT / "site")}
    )

    assert isolated.returncode == 0


def test_pinned_files_name_no_package_index() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()

        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        assert text.count("--hash=sha256:") > 80
