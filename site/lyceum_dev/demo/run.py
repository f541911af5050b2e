"""`manage.py demo`: three academies with content, and every process they need, in one terminal."""

import contextlib
import fcntl
import functools
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from lyceum import ROOT
from lyceum_dev.demo.options import DemoOptions, check_port, demo_dir, parse, take_port
from lyceum_dev.demo.setup import PACKAGES
from lyceum_dev.embedded import environment, ports, postgres, secrets, watcher
from lyceum_dev.embedded.errors import CannotStart
from lyceum_dev.embedded.supervisor import Child, Supervisor, stop_leftovers

MARKER = ".lyceum-demo"
STANDIN_PORT = 12111

TABLE = """
Ready: http://localhost:{port}/

  http://localhost:{port}/         Lyceum, the platform's own academy
  http://north.localhost:{port}/   Northlight School of Baking: courses, workshops (GBP)
  http://south.localhost:{port}/   Southbank Data Institute: courses, webinars (USD)

  An academy's admin is at /admin/, its API at /api/v1/docs/ and /api/v2/.
  Payments: the stand-in at {stripe}; card 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined.
  Emails are not sent: each is a file in {mail}

  Sign in at north.localhost with      at south.localhost with
    owner@north.example                  owner@south.example
    editor@north.example                 editor@south.example
    teacher@north.example                teacher@south.example
    finance@north.example                finance@south.example
    desk@north.example                   desk@south.example
    learner@north.example                learner@south.example
    stranger@north.example               stranger@south.example
  and at localhost with owner@lyceum.example. Every password is lyceum-demo-1

Data stay in {folder}. Ctrl-C stops everything; `manage.py demo --reset` starts over.
"""


def run(argv: list[str]) -> int:
    options = parse(argv)
    folder = demo_dir()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _run(folder, options)
    except OSError as error:
        # A full disk, a file where a folder belongs, somebody else's folder inside ours.
        raise CannotStart(
            f"{error.filename or folder} cannot be used ({error.strerror or error}): mend that and start again, "
            "or set DEMO_DIR to another folder."
        ) from error


def _run(folder: Path, options: DemoOptions) -> int:
    with exclusive(folder):
        if stop_leftovers(folder / "children"):
            _wait_until_free(options.port)
        check_port(options.port)
        if options.reset:
            reset(folder)
        started = time.monotonic()
        with contextlib.ExitStack() as last:
            last.callback(environment.stop, folder)
            # Reserved before the data are prepared, which takes a minute: another demo would choose the same port.
            standin = None if os.environ.get("STRIPE_API_BASE") else ports.listen_at_first_free(STANDIN_PORT)
            if standin:
                last.callback(standin.close)
            extra = _start_servers(folder, options, standin)
            _prepare(folder, extra)
            return _supervise(folder, options, extra, standin, started)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def environ(folder: Path) -> dict[str, str]:
    """Start the demo's servers and return the environment that its processes and other commands share."""
    try:
        stored = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stored = {}
    key = os.environ.get("SECRET_KEY") or secrets.read_or_make(folder / "secret_key", 48)
    shared = {
        **stored,
        "DEMO": "1",
        "DEMO_DIR": str(folder),
        "SECRET_KEY": key,
        "DJANGO_SETTINGS_MODULE": "lyceum.settings",
    }
    return {**shared, **environment.start(folder)}


def reset(folder: Path) -> None:
    """Stop the demo's servers and delete its folder."""
    if not (folder / MARKER).exists():
        if any(folder.iterdir()):
            raise CannotStart(f"{folder} was not made by the demo, so it is not deleted: empty it yourself.")
        return
    environment.stop(folder, force=True)
    postgres.remove(folder / "postgres")
    for entry in folder.iterdir():
        if entry.name in (MARKER, "demo.lock"):
            continue
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    _say(f"Deleted the data in {folder}.")
    if os.environ.get("DATABASE_URL"):
        _say("The database behind DATABASE_URL was left alone.")


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Create the folder and lock it against other demos."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            (folder / MARKER).touch()
        lock = open(folder / "demo.lock", "w")  # noqa: SIM115
    except OSError as error:
        raise CannotStart(f"{folder} cannot be used ({error.strerror}): set DEMO_DIR to another folder.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(
                f"A demo already runs on {folder}: stop it with Ctrl-C, or set DEMO_DIR to another folder."
            ) from error
        yield


def _wait_until_free(port: int) -> None:
    until = time.monotonic() + 5
    while not ports.is_free(port) and time.monotonic() < until:
        time.sleep(0.05)


def _start_servers(folder: Path, options: DemoOptions, standin: socket.socket | None) -> dict[str, str]:
    shared = {"PORT": str(options.port)}
    if standin:
        shared["STRIPE_API_BASE"] = f"http://127.0.0.1:{standin.getsockname()[1]}"
    secrets.write(folder / "environment.json", json.dumps(shared))
    with _step("PostgreSQL and Valkey"):
        extra = {**environ(folder), **shared}
    location = postgres.location(folder / "postgres")
    if "DATABASE_URL" in extra and not location.is_relative_to(folder):
        _say(f"  root's folders are closed to the database's account, so its files are in {location}")
    return extra


def _prepare(folder: Path, extra: dict[str, str]) -> None:
    """Migrate, seed and collect static files in a separate process, which reports its progress.

    Skipped if the code, the port and the day haven't changed: the demo's events are dated relative to today.
    """
    stamp = folder / "prepared"
    roots = [ROOT / name for name in (*PACKAGES, "templates")]
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    fingerprint = watcher.fingerprint(roots, pins, str(folder), extra["PORT"], datetime.now(UTC).date().isoformat())
    own_database = "DATABASE_URL" in extra
    if own_database and stamp.exists() and stamp.read_text() == fingerprint:
        _say("The data are as the last start left them.")
        return
    stamp.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "lyceum_dev.demo.setup"], check=False, env=environment.children(extra), cwd=ROOT
    )
    if done.returncode != 0:
        raise CannotStart("The demo's data could not be prepared: the lines above say why. Running it again continues.")
    stamp.write_text(fingerprint)


def _supervise(
    folder: Path, options: DemoOptions, extra: dict[str, str], standin: socket.socket | None, started: float
) -> int:
    def greet() -> None:
        stripe = extra.get("STRIPE_API_BASE") or os.environ.get("STRIPE_API_BASE")
        _say(TABLE.format(port=options.port, stripe=stripe, folder=folder, mail=folder / "mail"))
        _say(f"({time.monotonic() - started:.1f} s from start to ready)")

    with contextlib.ExitStack() as ports_held:
        web = [ports_held.enter_context(listener) for listener in take_port(options.port)]
        supervisor = Supervisor(
            _children(folder, options, extra, standin, web),
            cwd=ROOT,
            pids=folder / "children",
            on_ready=greet,
            watch=watcher.Watch(ROOT).changed if options.reload else None,
        )
        _say("Starting the web server, the worker, the clock and the payment stand-in ...")
        code = supervisor.run()
    _say("Stopped.")
    return code


def _children(
    folder: Path,
    options: DemoOptions,
    extra: dict[str, str],
    standin: socket.socket | None,
    listeners: list[socket.socket],
) -> list[Child]:
    # As in production, the servers connect as a role that owns nothing.
    own = {"DATABASE_URL": extra["DATABASE_APP_URL"]} if "DATABASE_APP_URL" in extra else {}
    env = environment.children({**extra, **own})
    return [
        *([_stripe(folder, env, standin)] if standin else []),
        *_celery(folder, options, env),
        _web(options, env, listeners),
    ]


def _stripe(folder: Path, env: dict[str, str], standin: socket.socket) -> Child:
    books = ["--fd", str(standin.fileno()), "--state", str(folder / "stripe")]
    ready = functools.partial(_answers, standin.getsockname()[1], "/_health")
    command = [sys.executable, "-m", "lyceum_dev.standins.stripe", *books]
    return Child("stripe", command, env, outlives=True, ready=ready, listeners=[standin])


def _celery(folder: Path, options: DemoOptions, env: dict[str, str]) -> list[Child]:
    # The demo is ready when payments are processed at once, so wait for the worker, too.
    takes_tasks = folder / "worker-ready"
    takes_tasks.unlink(missing_ok=True)
    # Only warnings: a line for each task would bury everything else.
    quiet = {"LOG_LEVEL": "WARNING", "PYTHONWARNINGS": "ignore:You're running the worker with superuser", **env}
    quiet["WORKER_READY_FILE"] = str(takes_tasks)
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "lyceum.celery"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-n", f"demo{options.port}@%h"]
    worker = [*celery, "worker", "--pool", "prefork", "--concurrency", "2", "-l", "WARNING", *alone]
    beat = [*celery, "beat", "-l", "WARNING", "-s", str(folder / "beat")]
    return [
        Child("worker", worker, quiet, restarts=5, ready=takes_tasks.exists, reload=True),
        Child("clock", beat, quiet, restarts=1, waits=True, reload=True),
    ]


def _web(options: DemoOptions, env: dict[str, str], listeners: list[socket.socket]) -> Child:
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "site/lyceum/gunicorn_conf.py"), "lyceum.wsgi"]
    web_env = {**env, "BIND": " ".join(f"fd://{listener.fileno()}" for listener in listeners)}
    if options.reload:
        web_env["RELOAD"] = "1"
    is_ready = functools.partial(_answers, options.port, "/health/ready")
    return Child("web", command, web_env, ready=is_ready, listeners=listeners)


def _answers(port: int, path: str) -> bool:
    # Until the server starts, the connection waits in the socket's queue; a short timeout lets other output through.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.monotonic()
    _say(f"{name} ...", end=" ")
    yield
    _say(f"{time.monotonic() - started:.1f} s")


def _say(text: str, end: str = "\n") -> None:
    """Print, ignoring a closed terminal, so that the servers are still stopped."""
    with contextlib.suppress(OSError):
        print(text, end=end, flush=True)
