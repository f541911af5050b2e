"""Embedded servers: one of each, restarted after a crash."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lyceum import ROOT
from lyceum_dev.embedded import environment, ports, postgres, valkey
from lyceum_dev.embedded.cluster import Cluster
from lyceum_dev.embedded.errors import CannotStart

pytestmark = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[Path]:
    # pytest's own temporary folders are closed to the account that serves root's database.
    path = Path(tempfile.mkdtemp(prefix="lyceum-"))
    path.chmod(0o755)
    yield path
    environment.stop(path, force=True)
    postgres.remove(path / "postgres")
    shutil.rmtree(path)


def _server_pid(folder: Path) -> int:
    return int((folder / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_four_starts_at_once_give_one_server(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from lyceum_dev.embedded import postgres, valkey;"
        "print(postgres.ensure(Path(sys.argv[1])/'postgres'), valkey.ensure(Path(sys.argv[1])/'valkey'))"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "site")}

    starts = [
        subprocess.Popen([sys.executable, "-c", script, str(folder)], env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    urls = {start.communicate(timeout=60)[0] for start in starts}

    assert [start.returncode for start in starts] == [0, 0, 0, 0]
    assert len(urls) == 1


def test_a_killed_database_comes_back_with_what_was_committed(folder: Path) -> None:
    url = postgres.ensure(folder / "postgres")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    _kill(_server_pid(folder))
    again = postgres.ensure(folder / "postgres")

    assert again.partition("@")[0] == url.partition("@")[0]
    with psycopg.connect(again) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_lock_file_with_a_reused_number_does_not_stop_the_start(folder: Path) -> None:
    postgres.ensure(folder / "postgres")
    postgres.stop(folder / "postgres")
    cluster = folder / "postgres" / "cluster"
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n1\n25432\n\n127.0.0.1\n 1 1\nready\n")
    (cluster / "postmaster.pid").chmod(0o644)

    assert postgres.ensure(folder / "postgres").startswith("postgres://lyceum:")


def test_a_broken_data_folder_is_one_sentence(folder: Path) -> None:
    postgres.ensure(folder / "postgres")
    postgres.stop(folder / "postgres")
    (folder / "postgres" / "cluster" / "global" / "pg_control").unlink()

    with pytest.raises(CannotStart, match=r"does not start .* demo --reset"):
        postgres.ensure(folder / "postgres")


def test_a_broken_throwaway_database_is_made_anew(folder: Path) -> None:
    postgres.ensure(folder / "postgres", throwaway=True)
    postgres.stop(folder / "postgres")
    (folder / "postgres" / "cluster" / "PG_VERSION").unlink()

    assert postgres.ensure(folder / "postgres", throwaway=True)


def test_the_application_is_no_superuser_and_secrets_are_private(folder: Path) -> None:
    url = postgres.ensure(folder / "postgres")
    valkey.ensure(folder / "valkey")

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()
    modes = {
        (folder / server / name).stat().st_mode & 0o777
        for server in ("postgres", "valkey")
        for name in ("url", "password")
    }

    assert row == (False, True)
    assert modes == {0o600}


def test_the_last_user_stops_the_server(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from lyceum_dev.embedded import postgres;"
        "postgres.ensure(Path(sys.argv[1])/'postgres'); print('up', flush=True); sys.stdin.read()"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "site")}
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout
    other.stdout.readline()
    postgres.ensure(folder / "postgres")

    while_used = postgres.stop(folder / "postgres")
    other.communicate()
    postgres.ensure(folder / "postgres")
    alone = postgres.stop(folder / "postgres")

    assert (while_used, alone) == (False, True)
    assert not (folder / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_killed_queue_keeps_what_it_accepted(folder: Path) -> None:
    import redis

    url = valkey.ensure(folder / "valkey")
    with redis.Redis.from_url(url) as queue:
        queue.lpush("tasks", "issue certificate")
        time.sleep(1.1)
        _kill(int(queue.info()["process_id"]))

    again = valkey.ensure(folder / "valkey")

    with redis.Redis.from_url(again) as queue:
        assert queue.lrange("tasks", 0, -1) == [b"issue certificate"]


def test_a_broken_queue_file_is_put_aside(folder: Path) -> None:
    valkey.ensure(folder / "valkey")
    valkey.stop(folder / "valkey")
    (folder / "valkey" / "data" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")

    assert valkey.ensure(folder / "valkey").startswith("redis://")
    assert list((folder / "valkey").glob("data.broken-*"))


@pytest.mark.parametrize("throwaway", [False, True])
def test_a_port_lost_between_look_and_start_costs_another_port_and_no_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch, throwaway: bool
) -> None:
    with psycopg.connect(postgres.ensure(folder / "postgres", throwaway=throwaway)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.stop(folder / "postgres")
    real = postgres.Server.free_port
    with ports.listen_at_first_free(23000) as listener:
        lies = iter([listener.getsockname()[1]])
        monkeypatch.setattr(postgres.Server, "free_port", lambda self: next(lies, 0) or real(self))

        again = postgres.ensure(folder / "postgres", throwaway=throwaway)

        assert f":{listener.getsockname()[1]}/" not in again
    with psycopg.connect(again) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_database_that_finds_no_port_is_told_and_never_removed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    postgres.ensure(folder / "postgres", throwaway=True)
    postgres.stop(folder / "postgres")
    monkeypatch.setattr(postgres, "RETRIES", 2)
    monkeypatch.setattr(postgres, "PAUSE", 0)

    with ports.listen_at_first_free(23000) as listener, monkeypatch.context() as stubborn:
        stubborn.setattr(postgres.Server, "free_port", lambda self: listener.getsockname()[1])
        stubborn.setattr(Cluster, "remove", lambda self: pytest.fail("the data are in order"))
        with pytest.raises(CannotStart, match=r"kept from starting .*try again"):
            postgres.ensure(folder / "postgres", throwaway=True)

    assert postgres.ensure(folder / "postgres", throwaway=True)


def test_a_queue_whose_port_is_lost_takes_another_and_keeps_its_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    valkey.ensure(folder / "valkey")
    valkey.stop(folder / "valkey")
    real = valkey.free_port
    with ports.listen_at_first_free(23000) as listener:
        lies = iter([listener.getsockname()[1]] * 3)
        monkeypatch.setattr(valkey, "free_port", lambda data_dir: next(lies, 0) or real(data_dir))

        url = valkey.ensure(folder / "valkey")

        assert f":{listener.getsockname()[1]}" not in url
    assert not list((folder / "valkey").glob("data.broken-*"))
