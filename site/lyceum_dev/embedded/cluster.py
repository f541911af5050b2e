"""A PostgreSQL data directory: create it, start and stop its server, interpret errors."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lyceum_dev.embedded import binaries, privileges, processes
from lyceum_dev.embedded.errors import CannotStart

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    # Each academy has a hundred tables, and a dump of all locks them all.
    "max_locks_per_transaction": "1024",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_wal_size": "512MB",
    # Containers have 64 MB of /dev/shm, too little for parallel queries.
    "max_parallel_workers_per_gather": "0",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LARGEST_LOG = 5_000_000
TEMPORARY = (
    "postmaster.pid",
    "shared memory",
    "address already in use",
    "could not bind",
    "could not create any TCP/IP sockets",
    "starting up",
    "shutting down",
)


@dataclass(frozen=True)
class Cluster:
    path: Path
    account: privileges.Account
    binaries: binaries.PostgresBinaries

    @classmethod
    def at(cls, home: Path) -> "Cluster":
        """Return the cluster of a folder, or of a substitute if the server's account has no access to the folder."""
        account = privileges.account()
        path = home / "cluster"
        if account.uid is not None and path.exists() and path.stat().st_uid != 0:
            # Created by an ordinary user, so root runs the server as that user.
            account = privileges.Account(path.stat().st_uid, path.stat().st_gid)
        if not account.reaches(home):
            path = privileges.elsewhere(home) / "cluster"
            path.parent.mkdir(parents=True, exist_ok=True)
            for folder in (privileges.ELSEWHERE, path.parent):
                folder.chmod(0o755)
        return cls(path.resolve(), account, binaries.postgres().for_account(account))

    def is_elsewhere(self) -> bool:
        return self.path.is_relative_to(privileges.ELSEWHERE)

    def exists(self) -> bool:
        return self.path.exists()

    def is_unusable(self) -> str:
        """Return why these binaries can't use the data, as an error message; empty if they can."""
        if not self.exists():
            return ""
        try:
            version = int((self.path / "PG_VERSION").read_text().split(".")[0])
        except PermissionError:
            return f"{self.path} belongs to another user: run as that user, or set DEMO_DIR to another folder."
        except (OSError, ValueError):
            return (
                f"{self.path} is no PostgreSQL data directory any more (PG_VERSION cannot be read): restore it from a "
                "backup, or start over with `python3 manage.py demo --reset`."
            )
        if version == self.binaries.version:
            return ""
        return (
            f"The data in {self.path} are of PostgreSQL {version} and this is {self.binaries.version}: "
            "use the older release to export them, or start over with `python3 manage.py demo --reset`."
        )

    def make(self, password: str) -> None:
        """Run initdb in a temporary folder and rename it, so that an interruption leaves nothing incomplete."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name("cluster.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        secret = self.path.with_name("cluster.pw")
        secret.unlink(missing_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(password)
        for path in (fresh, secret):
            self.account.own(path)
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if self.binaries.version >= 17 else ["--no-locale"]
        try:
            self._run(
                "initdb",
                "--pgdata",
                str(fresh),
                "--username=postgres",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
                f"--pwfile={secret}",
                *locale,
            )
        finally:
            secret.unlink(missing_ok=True)
        fresh.rename(self.path)

    def start(self, port: int, throwaway: bool) -> str:
        """Start the server and wait until it answers. Return its error message, or an empty string."""
        settings = {**SETTINGS, "port": str(port), **(THROWAWAY if throwaway else {})}
        if self.binaries.has_library("pg_stat_statements"):
            settings["shared_preload_libraries"] = "pg_stat_statements"
        options = " ".join(f"-c {key}='{value}'" for key, value in settings.items())
        log = self.path / "server.log"
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.unlink()
        before = log.stat().st_size if log.exists() else 0
        done = self.run_program(
            "pg_ctl", "start", "-D", str(self.path), "-w", "-t", "60", "-l", str(log), "-o", options
        )
        if done.returncode == 0:
            return ""
        written = log.read_bytes()[before:].decode(errors="replace") if log.exists() else ""
        lines = [line for line in written.splitlines() if any(word in line for word in ("FATAL", "PANIC", "ERROR"))]
        reason = lines[0] if lines else (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]
        return reason.split(":  ", 1)[-1].strip()

    def may_be_retried(self, problem: str) -> bool:
        """Remove what a killed server left, and return whether another attempt may succeed."""
        pid = self._recorded(0)
        if "postmaster.pid" in problem and pid and not self._is_served_by(pid):
            for orphan in processes.working_in(self.path):
                os.kill(orphan, signal.SIGKILL)
            (self.path / "postmaster.pid").unlink(missing_ok=True)
        return any(word in problem for word in TEMPORARY)

    def stop(self) -> None:
        if not (self.path / "postmaster.pid").exists():
            return
        for mode in ("fast", "immediate"):
            if self.run_program("pg_ctl", "stop", "-D", str(self.path), "-w", "-t", "30", "-m", mode).returncode == 0:
                return

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.path, ignore_errors=True)
        if self.is_elsewhere():
            shutil.rmtree(self.path.parent, ignore_errors=True)

    def recorded_port(self) -> int:
        return self._recorded(3)

    def _recorded(self, line: int) -> int:
        """Return the number in a line of postmaster.pid (0 pid, 3 port), or 0 if there is none."""
        try:
            return int((self.path / "postmaster.pid").read_text().splitlines()[line])
        except (OSError, ValueError, IndexError):
            return 0

    def _is_served_by(self, pid: int) -> bool:
        """Return whether the recorded process is a server on this folder: pids are reused, folders are copied."""
        lines = (self.path / "postmaster.pid").read_text().splitlines()
        return processes.is_running(pid, "postgres") and len(lines) > 1 and Path(lines[1]) == self.path

    def _run(self, program: str, *arguments: str) -> None:
        done = self.run_program(program, *arguments)
        if done.returncode != 0:
            reason = (done.stderr.strip() or done.stdout.strip() or f"{program} failed").splitlines()[-1]
            if "look up effective user" in reason:
                raise CannotStart(
                    f"PostgreSQL runs for users with a name only, and number {os.geteuid()} has none in /etc/passwd: "
                    "run the command as another user, or set DATABASE_URL."
                )
            raise CannotStart(f"PostgreSQL could not make its data directory in {self.path.parent}: {reason}")

    def run_program(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return subprocess.run(
            [str(self.binaries.program(program)), *arguments],
            env={**inherited, "LC_ALL": "C"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **self.account.options(),
        )
