"""Runs several processes in one terminal: starts and watches them, prefixes their output, stops them in order.

On Linux the kernel stops the children of a killed supervisor. Elsewhere the next start does, from a list of pids.
"""

import contextlib
import ctypes
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from lyceum_dev.embedded import processes

ASK_EVERY = 0.2
COLOURS = (36, 33, 35, 32, 34)
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Child:
    """A process to run."""

    name: str
    argv: Sequence[str]
    env: dict[str, str] | None = None
    restarts: int = 0
    """How often it may die and be started again; afterwards its death stops everything."""
    grace: float = 10.0
    """Seconds between asking it to stop and killing it."""
    ready: Callable[[], bool] | None = None
    outlives: bool = False
    """Others need it until their end: it is asked to stop when they have."""
    waits: bool = False
    """Start it when the others are ready, so that it does not slow them down."""
    reload: bool = False
    """Start it again when `Supervisor.watch` says that the code changed."""
    listeners: Sequence[socket.socket] = ()
    """Listening sockets that it is given, under the numbers that they have here."""


@dataclass
class _Running:
    child: Child
    colour: int
    process: subprocess.Popen[bytes]
    rest: bytes = b""
    restarts: int = 0


@dataclass
class Supervisor:
    """Starts children in order; stops them together, and then those with `outlives`."""

    children: Sequence[Child]
    cwd: Path | None = None
    pids: Path | None = None
    """Where the list of children is kept for the next start."""
    patience: float = 120.0
    on_ready: Callable[[], None] = lambda: None
    watch: Callable[[], bool] | None = None
    out: IO[str] = field(default_factory=lambda: sys.stdout)
    _running: list[_Running] = field(default_factory=list, init=False)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector, init=False)
    _stopping: bool = field(default=False, init=False)

    def run(self) -> int:
        """Return 0 after a request to stop, 1 after a child died."""
        handled = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._ask_to_stop) for number in handled}
        try:
            self._start_all(waiting=False)
            return self._watch()
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self._stopping:
            # The second Ctrl-C kills.
            for running in self._running:
                _signal(running.process, signal.SIGKILL)
        self._stopping = True

    def _watch(self) -> int:
        waiting = [child for child in self.children if child.ready and not child.waits]
        until, checked = time.monotonic() + self.patience, time.monotonic()
        checked_ready_at, is_ready = float("-inf"), False
        while not self._stopping:
            self._pump(0.1)
            if not self._revive():
                return 1
            if time.monotonic() - checked_ready_at > ASK_EVERY:
                # Not at each line of output: checking may make them write another.
                checked_ready_at = time.monotonic()
                waiting = [child for child in waiting if not (child.ready and child.ready())]
            if not waiting and not is_ready:
                is_ready = True
                self.on_ready()
                self._start_all(waiting=True)
            if waiting and time.monotonic() > until:
                self._say(f"{waiting[0].name} is not ready after {self.patience:.0f} s: its lines above say why.")
                return 1
            if self.watch and time.monotonic() - checked > 1:
                checked = time.monotonic()
                self._reload() if self.watch() else None
        return 0

    def _revive(self) -> bool:
        """Restart dead children; return False if one has no restarts left."""
        for running in self._running:
            code = running.process.poll()
            if code is None or self._stopping:
                continue
            self._pump(0)
            running.restarts += 1
            if running.restarts > running.child.restarts:
                self._say(f"{running.child.name} ended with {_meaning(code)}; stopping everything.")
                return False
            self._say(
                f"{running.child.name} ended with {_meaning(code)}; starting it again "
                f"({running.restarts} of {running.child.restarts})."
            )
            self._replace(running)
        return True

    def _reload(self) -> None:
        for running in self._running:
            if running.child.reload:
                self._say(f"The code changed: starting {running.child.name} again.")
                self._stop([running])
                self._replace(running)

    def _start_all(self, *, waiting: bool) -> None:
        for number, child in enumerate(self.children):
            if child.waits == waiting:
                self._start(child, COLOURS[number % len(COLOURS)])

    def _start(self, child: Child, colour: int) -> None:
        running = _Running(child, colour, _spawn(child, self.cwd))
        self._running.append(running)
        self._listen(running)
        self._note_pids()

    def _replace(self, running: _Running) -> None:
        self._mute(running)
        running.process = _spawn(running.child, self.cwd)
        self._listen(running)
        self._note_pids()

    def _listen(self, running: _Running) -> None:
        assert running.process.stdout
        os.set_blocking(running.process.stdout.fileno(), False)
        self._selector.register(running.process.stdout, selectors.EVENT_READ, running)

    def _mute(self, running: _Running) -> None:
        stream = running.process.stdout
        if stream and not stream.closed:
            if stream in self._selector.get_map():
                self._selector.unregister(stream)
            stream.close()

    def _pump(self, seconds: float) -> None:
        """Print the output of the children, in whole lines."""
        if not self._selector.get_map():
            time.sleep(seconds)
        for key, _ in self._selector.select(seconds):
            running: _Running = key.data
            chunk = os.read(key.fd, 65536)
            if not chunk:
                self._selector.unregister(key.fileobj)
            *lines, running.rest = (running.rest + chunk).split(b"\n")
            for line in lines:
                self._line(running, line.decode(errors="replace"))

    def _line(self, running: _Running, text: str) -> None:
        width = max(len(child.name) for child in self.children)
        name = running.child.name.ljust(width)
        if self.out.isatty() and "NO_COLOR" not in os.environ:
            name = f"\033[{running.colour}m{name}\033[0m"
        self._print(f"{name} | {text}")

    def _say(self, text: str) -> None:
        self._print(text)

    def _print(self, text: str) -> None:
        try:
            print(text, file=self.out, flush=True)
        except (OSError, ValueError):
            # A closed terminal is a request to stop.
            self._stopping = True

    def _stop_all(self) -> None:
        self._stopping = True
        servants = [running for running in self._running if not running.child.outlives]
        for group in (servants, [running for running in self._running if running.child.outlives]):
            self._stop(group)
        self._running.clear()
        if self.pids:
            self.pids.unlink(missing_ok=True)

    def _stop(self, group: Sequence[_Running]) -> None:
        for running in group:
            # Only the process itself: a pool stops its own children and waits for them.
            running.process.terminate()
        stopped_at = time.monotonic()
        for running in group:
            until = stopped_at + running.child.grace
            while running.process.poll() is None and time.monotonic() < until:
                self._pump(0.05)
            _signal(running.process, signal.SIGKILL)
            running.process.wait()
            self._pump(0)
            self._mute(running)

    def _note_pids(self) -> None:
        if self.pids:
            lines = [f"{running.process.pid} {running.child.argv[-1]}" for running in self._running]
            self.pids.write_text("\n".join(lines))


def stop_leftovers(pids: Path) -> bool:
    """Kill the children of a killed supervisor, and return whether there were any."""
    any_left = False
    for line in pids.read_text().splitlines() if pids.exists() else []:
        pid, _, argument = line.partition(" ")
        # A reused pid has another command line.
        if argument and argument in processes.command_line(int(pid)):
            any_left = True
            with contextlib.suppress(OSError):
                os.killpg(int(pid), signal.SIGKILL)
    pids.unlink(missing_ok=True)
    return any_left


def _spawn(child: Child, cwd: Path | None) -> subprocess.Popen[bytes]:
    parent = os.getpid()

    def before_exec() -> None:
        if _libc:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        list(child.argv),
        env=child.env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=[listener.fileno() for listener in child.listeners],
        preexec_fn=before_exec,
    )


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the whole process group, which may outlive its leader."""
    with contextlib.suppress(OSError):
        os.killpg(process.pid, number)


def _meaning(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"code {code}"
