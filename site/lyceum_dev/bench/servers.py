"""Gunicorn with the production settings on a free port, and the CPU time of its workers."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from lyceum import ROOT
from lyceum_dev.embedded import ports

CONFIGURATION = ROOT / "site/lyceum/gunicorn_conf.py"
FIRST_PORT = 18200


class DidNotStart(RuntimeError):
    pass


class Server:
    """One running gunicorn."""

    def __init__(self, process: subprocess.Popen[bytes], port: int):
        self.process, self.port = process, port

    def workers(self) -> list[int] | None:
        """Return the process ids of the workers, or None where there is no /proc."""
        try:
            listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except OSError:
            return None
        return [int(pid) for pid in listed.split()]

    def cpu_seconds(self) -> float | None:
        """Return the CPU seconds of the workers so far, user and system, or None where they can't be read."""
        pids = self.workers()
        return sum(_used(pid) for pid in pids) if pids else None


def _used(pid: int) -> float:
    # The name in brackets may contain spaces; the 14th and 15th fields are user and system time in ticks.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def serving(application: str, *, workers: int, extra: Mapping[str, str]) -> Iterator[Server]:
    # Parallel runs on one machine start looking at different ports.
    port = ports.first_free(FIRST_PORT + os.getpid() % 1000)
    environment = {
        **os.environ,
        "BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": str(workers),
        "LOG_LEVEL": "ERROR",
        # All requests come from one address and would hit its rate limit.
        "RATE_FACTOR": "1000",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "site"), str(ROOT)]),
        **extra,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", str(CONFIGURATION), application]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        server = Server(process, port)
        _wait(server, workers)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server, workers: int) -> None:
    """Wait until the port accepts connections and, where /proc shows them, all workers run."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise DidNotStart(f"gunicorn ended with {server.process.returncode}: its message stands above")
        seen = server.workers()
        if not ports.is_free(server.port) and (seen is None or len(seen) >= workers):
            time.sleep(0.3)
            return
        time.sleep(0.1)
    raise DidNotStart("gunicorn did not listen within a minute")
