"""`manage.py test`, and the files that a demo may delete."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lyceum import ROOT
from lyceum_dev import test_runner
from lyceum_dev.demo import run
from lyceum_dev.embedded import binaries, environment, ports, privileges, watcher
from lyceum_dev.embedded.cluster import Cluster
from lyceum_dev.embedded.errors import CannotStart


@pytest.mark.parametrize("argv", [[], ["-x"], ["tests/site"], ["tests/a_test.py", "tests/b_test.py"]])
def test_the_suite_runs_on_two_workers(argv: list[str]) -> None:
    assert test_runner.workers(argv) == ["-n", "2", "--dist", "worksteal"]


@pytest.mark.parametrize(
    "argv", [["-n", "4"], ["-n0"], ["-p", "no:xdist"], ["tests/a_test.py"], ["a.py::test_b"], ["--pdb"]]
)
def test_one_file_and_a_callers_choice_are_respected(argv: list[str]) -> None:
    assert test_runner.workers(argv) == []


def test_a_folder_that_the_demo_did_not_make_is_never_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("four years of work")

    with pytest.raises(CannotStart, match="not made by the demo"):
        run.reset(tmp_path)

    assert (tmp_path / "thesis.txt").exists()


def test_a_demo_folder_is_emptied(tmp_path: Path) -> None:
    (tmp_path / run.MARKER).touch()
    (tmp_path / "media").mkdir()
    (tmp_path / "secret_key").write_text("x")

    run.reset(tmp_path)

    assert [entry.name for entry in tmp_path.iterdir()] == [run.MARKER]


def test_a_changed_python_file_is_noticed_once(tmp_path: Path) -> None:
    (tmp_path / "views.py").write_text("one")
    watch = watcher.Watch(tmp_path)

    (tmp_path / "views.py").write_text("two")
    (tmp_path / "rules.py").write_text("three")

    assert watch.changed()
    assert not watch.changed()


def test_one_demo_keeps_the_next_out_of_its_folder(tmp_path: Path) -> None:
    with run.exclusive(tmp_path), pytest.raises(CannotStart, match="already runs"), run.exclusive(tmp_path):
        pass


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")

    with pytest.raises(CannotStart, match="set DEMO_DIR to another folder"), run.exclusive(tmp_path / "demo"):
        pass


@pytest.mark.parametrize("server", ["postgres", "valkey"])
def test_a_broken_folder_of_a_server_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    tmp_path.joinpath(server).write_text("a file where a folder belongs")
    monkeypatch.setenv("DEMO_DIR", str(tmp_path))
    monkeypatch.setattr(signal, "signal", lambda *args: None)
    for name in ("DATABASE_URL",) if server == "postgres" else ("BROKER_URL", "CACHE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CACHE_URL" if server == "postgres" else "DATABASE_URL", "scheme://server")

    with pytest.raises(CannotStart, match=rf"{server}.* cannot be used .* set DEMO_DIR to another folder"):
        run.run(["--port", str(ports.first_free(21000))])


def test_servers_come_before_django() -> None:
    script = "import sys, lyceum_dev.cli; print('django' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "site")}

    shown = subprocess.run([sys.executable, "-c", script], check=True, env=env, capture_output=True, text=True)

    assert shown.stdout.strip() == "False"


def test_named_servers_are_used_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
        monkeypatch.setenv(name, "scheme://server")

    assert environment.start(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_prepared_data_are_prepared_again_when_a_file_changes(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text("one")
    before = watcher.fingerprint([tmp_path], "2026-01-01")

    (tmp_path / "models.py").write_text("two")

    assert watcher.fingerprint([tmp_path], "2026-01-01") != before
    assert watcher.fingerprint([tmp_path], "2026-01-02") != watcher.fingerprint([tmp_path], "2026-01-01")


def test_the_web_server_has_loaded_every_view_before_the_first_request() -> None:
    script = "import sys, lyceum.wsgi; print('lyceum.urls' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "lyceum_dev.settings_test"}

    shown = subprocess.run([sys.executable, "-c", script], check=True, env=env, capture_output=True, text=True)

    assert shown.stdout.strip() == "True"


def test_a_user_without_a_name_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As in a container that is run under any number.
    error = "initdb: could not look up effective user ID 12345: user does not exist"
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr=error)
    monkeypatch.setattr(Cluster, "run_program", lambda *args: failed)

    with pytest.raises(CannotStart, match=r"none in /etc/passwd: .* set DATABASE_URL"):
        Cluster(tmp_path / "cluster", privileges.Account(), binaries.postgres()).make("secret")


def test_a_changed_template_is_a_reason_to_reload() -> None:
    script = "from lyceum import gunicorn_conf as conf; print(*conf.reload_extra_files, sep='\\n')"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "site"), "RELOAD": "1"}

    shown = subprocess.run([sys.executable, "-c", script], check=True, env=env, capture_output=True, text=True)

    assert str(ROOT / "templates" / "base.html") in shown.stdout.split("\n")
