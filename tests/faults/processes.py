"""Processes that a test starts, freezes and kills, by their ids."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from lyceum import ROOT


def children_of(pid: int) -> list[int]:
    """Return the living children of a process and theirs, parents first."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [each for child in map(int, listed) for each in (child, *children_of(child))]


def state_of(pid: int) -> str:
    """Return the kernel's letter for a process: R runs, S sleeps, T is stopped; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def megabytes_of(pid: int) -> int:
    """Return what a process holds in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def send(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def eventually(answers: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something holds. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


class Running:
    """A process that runs, with all its children. `pid` is asked each time: a server may be started again."""

    def __init__(self, name: str, pid: Callable[[], int]):
        self.name, self._pid = name, pid

    @property
    def pid(self) -> int:
        return self._pid()

    def pids(self) -> list[int]:
        return [self.pid, *children_of(self.pid)]

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop it with SIGSTOP for the length of a block: its sockets stay open and nobody answers."""
        # The parent first, so that it can't start a child that goes on.
        stopped: list[int] = []
        try:
            for _ in range(2):
                fresh = [pid for pid in self.pids() if pid not in stopped]
                send(fresh, signal.SIGSTOP)
                stopped += fresh
            # A signal takes a moment to arrive.
            eventually(lambda: {state_of(pid) for pid in stopped} <= {"T", ""}, 10, f"{self.name} does not stop")
            yield
        finally:
            send(stopped[::-1], signal.SIGCONT)

    def kill(self) -> None:
        send(self.pids(), signal.SIGKILL)


class Started(Running):
    """A process of our own, whose lines go to a file."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path):
        self.log, self.command, self.environment = log, list(command), dict(environment)
        self.process: subprocess.Popen[bytes] | None = None
        super().__init__(name, lambda: self.process.pid if self.process else 0)

    def start(self, ready: Callable[[], bool], seconds: float) -> "Started":
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            eventually(lambda: self._ended() or ready(), seconds, f"{self.name} is not ready, see {self.log}")
        except TimeoutError:
            self.stop()
            raise
        if self._ended():
            raise RuntimeError(f"{self.name} ended:\n{self.output()[-3000:]}")
        return self

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def forget_lines(self) -> None:
        """Let `said` begin here."""
        os.truncate(self.log, 0)

    def stop(self, grace: float = 15) -> None:
        """Ask it to end, then kill it and what is left of its children."""
        if self.process is None:
            return
        family = self.pids()
        send(family, signal.SIGCONT)
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(grace)
        send([pid for pid in family if self.process.poll() is None], signal.SIGKILL)
        self.process.wait()
        self.process = None
