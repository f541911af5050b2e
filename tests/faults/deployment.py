"""A deployment of its own: the shipped processes on free ports, with temporary servers."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from lyceum import ROOT
from lyceum_dev.embedded import environment, ports, postgres, valkey
from lyceum_dev.standins.stripe.harness import StandIn
from tests.faults.client import Ask, Reply, send
from tests.faults.processes import Running, Started, eventually

CONFIGURATION = ROOT / "site/lyceum/gunicorn_conf.py"
SECRET_KEY = "faults-only-" + "x" * 40
# The mark in its name keeps it apart from what tests keep between runs.
DATABASE = "faults_run"
# A machine may be busy with other things, but not for ever.
PATIENCE = 180.0


@dataclass
class Academy:
    """What a test may use of an academy: addresses, ids, and people, each with a token (`person` hands out a new one).

    finance: the key of a browser's session.  film, viewer: a lesson, and the token of somebody who may watch it.
    """

    schema: str
    course: str
    event: str
    plan: str
    paid: str
    free: str
    second: str
    film: int
    viewer: str
    people: list[dict[str, str]]
    finance: str
    _next: int = field(default=0, init=False)

    @property
    def host(self) -> str:
        return f"{self.schema}.localhost"

    def person(self) -> str:
        """Return the token of somebody whom no test has used yet."""
        token = self.people[self._next % len(self.people)]["token"]
        self._next += 1
        return token


@dataclass
class Deployment:
    folder: Path
    environment: dict[str, str]
    port: int
    stripe: StandIn
    postgres: Running
    valkey: Running
    north: Academy
    south: Academy
    web: Started = field(init=False)
    worker: Started = field(init=False)
    clock: Started = field(init=False)
    readiness: Reply = field(init=False)

    def __post_init__(self) -> None:
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "lyceum.celery"]
        alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self._takes_tasks = self.folder / "worker-ready"
        self.web = self._process("web", [sys.executable, "-m", "gunicorn", "-c", str(CONFIGURATION), "lyceum.wsgi"])
        self.worker = self._process(
            "worker",
            [*celery, "worker", "-P", "prefork", "-c", "2", "-l", "INFO", "-n", f"faults{self.port}@%h", *alone],
        )
        self.clock = self._process("clock", [*celery, "beat", "-l", "INFO", "-s", str(self.folder / "beat")])

    def _process(self, name: str, command: list[str]) -> Started:
        log = self.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        return Started(name, command, {**self.environment, "WORKER_READY_FILE": str(self._takes_tasks)}, log)

    # --- processes ---------------------------------------------------------------------------------------------------
    def start_web(self, **extra: str) -> None:
        """Start the web server; extra: variables of its environment that differ."""
        self.web.environment.update(extra)
        self.web.start(self.is_ready, PATIENCE)

    def start_worker(self) -> None:
        self._takes_tasks.unlink(missing_ok=True)
        self.worker.start(self._takes_tasks.exists, PATIENCE)

    def start_clock(self) -> None:
        self.clock.start(lambda: "beat: Starting" in self.clock.output(), PATIENCE)

    def restart_postgres(self) -> None:
        """Bring the database back after a kill."""
        postgres.ensure(self.folder / "postgres", throwaway=True)

    def restart_valkey(self) -> None:
        valkey.ensure(self.folder / "valkey", persistent=False)

    def is_ready(self) -> bool:
        self.readiness = send(self.port, "GET", "/health/ready", timeout=30)
        return self.readiness.status == 200

    def settle(self) -> None:
        """Wait until everything is well after a fault."""
        eventually(self.is_ready, PATIENCE, "the deployment has not healed")

    # --- requests ----------------------------------------------------------------------------------------------------
    def send(self, method: str, path: str, **more: Any) -> Reply:
        return send(self.port, method, path, **more)

    def checkout(self, academy: Academy, *, token: str = "", key: str = "", **item: Any) -> Reply:
        """Open a checkout for one item (plan= or offering=)."""
        headers = {"Idempotency-Key": key} if key else {}
        path, token = "/api/v1/checkout/", token or academy.person()
        return self.send("POST", path, host=academy.host, token=token, body={"items": [item]}, headers=headers)

    def asks(self) -> list[Ask]:
        """Return ordinary requests of both academies: kept pages, lists, what is somebody's own, and health."""
        north, south = self.north, self.south
        own = "/api/v1/users/me/"
        return [
            Ask(north.course),
            Ask("/health/live"),
            Ask(own, token=north.person()),
            Ask(south.course, host=south.host),
            Ask("/api/v2/pages/?limit=5", host=south.host),
            Ask(own, host=south.host, token=south.person()),
        ]

    def warm_up(self) -> None:
        """Send each ordinary request to both processes, as good as certainly: the first of a kind loads what it needs."""
        for ask in self.asks() * 4:
            ask.send(self.port)

    # --- the database ------------------------------------------------------------------------------------------------
    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.environment["DATABASE_URL"], connect_timeout=5)

    @contextlib.contextmanager
    def holding(self, academy: Academy, offering: str) -> Iterator[psycopg.Connection[Any]]:
        """Keep the row of a date locked in a transaction that doesn't end."""
        with self.connect() as connection:
            table = f'"{academy.schema}".offerings_offering'
            connection.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE".encode(), [offering])
            yield connection
            connection.rollback()


@contextlib.contextmanager
def deploy(folder: Path) -> Iterator[Deployment]:
    """Start servers, seed two academies and start the web server; stop everything in the end."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as last:
        last.callback(environment.stop, folder, force=True)
        address = urlsplit(postgres.ensure(folder / "postgres", throwaway=True))
        cache = valkey.ensure(folder / "valkey", persistent=False)
        stripe = last.enter_context(StandIn(apart=True))
        port = ports.first_free(19000 + os.getpid() % 1000)
        shared = _environment(folder, urlunsplit(address), cache, port, stripe.base_url)
        seeded = _seed(shared)
        shared["DATABASE_URL"] = urlunsplit(address._replace(path=f"/{DATABASE}"))
        pid_file = postgres.location(folder / "postgres") / "postmaster.pid"
        deployment = Deployment(
            folder=folder,
            environment=shared,
            port=port,
            stripe=stripe,
            postgres=Running("postgres", lambda: int(pid_file.read_text().split()[0])),
            valkey=Running("valkey", _valkey_pid(cache)),
            north=Academy("north", **seeded["north"]),
            south=Academy("south", **seeded["south"]),
        )
        for process in (deployment.clock, deployment.worker, deployment.web):
            last.callback(process.stop)
        deployment.start_web()
        deployment.warm_up()
        yield deployment


def _environment(folder: Path, database: str, cache: str, port: int, stripe: str) -> dict[str, str]:
    for name in ("media", "static"):
        (folder / name).mkdir(exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if name not in ("TEST", "DEMO", "PYTEST_CURRENT_TEST")
    }
    path = os.pathsep.join([str(ROOT / "site"), str(ROOT)])
    return {
        **environment,
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "lyceum.settings",
        "ENVIRONMENT": "test",
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database,
        "BROKER_URL": f"{cache}/0",
        "CACHE_URL": f"{cache}/1",
        "PORT": str(port),
        "BIND": f"127.0.0.1:{port}",
        "PUBLIC_SCHEME": "http",
        "PUBLIC_PORT": str(port),
        "RATE_FACTOR": "1000",
        "STRIPE_API_BASE": stripe,
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }


def _seed(shared: dict[str, str]) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.seed", DATABASE],
        # Nobody waits for messages yet: the worker sweeps them up when it comes.
        env={**shared, "BROKER_URL": "memory://"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    report: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return report


def _valkey_pid(url: str) -> Any:
    """Ask for the process once: a frozen server couldn't say."""
    known: dict[str, int] = {}

    def pid() -> int:
        if "pid" not in known or not Path(f"/proc/{known['pid']}").exists():
            with redis.Redis.from_url(url, socket_timeout=5) as server:
                known["pid"] = int(server.info("server")["process_id"])
        return known["pid"]

    pid()
    return pid
