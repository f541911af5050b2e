"""The options of `manage.py demo`, checked before anything is installed or started. Standard library only."""

import argparse
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from lyceum import ROOT
from lyceum.loopback import has_ipv6
from lyceum_dev.embedded import ports
from lyceum_dev.embedded.errors import CannotStart


@dataclass(frozen=True)
class DemoOptions:
    port: int
    reset: bool
    reload: bool


def parse(argv: list[str]) -> DemoOptions:
    parser = argparse.ArgumentParser(
        prog="manage.py demo", description="Start three academies with content, and everything they need, here."
    )
    parser.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000", help="of the web server (8000)")
    parser.add_argument("--reset", action="store_true", help="delete the demo's data and start over")
    parser.add_argument("--reload", action="store_true", help="start web and worker again when code changes")
    return DemoOptions(**vars(parser.parse_args(argv)))


def check_early(argv: list[str]) -> None:
    """Exit with a message before packages are installed, if the demo couldn't start."""
    options = parse(argv)
    # Children of a killed demo may still use the port: run() stops them before it checks.
    if not (demo_dir() / "children").exists():
        try:
            check_port(options.port)
        except CannotStart as error:
            sys.exit(str(error))


def check_port(port: int) -> None:
    """Raise CannotStart if the web server couldn't listen on the port."""
    if port < 1024 and os.geteuid() != 0:
        raise CannotStart(f"Port {port} is for root only: choose one from 1024 up, as in `manage.py demo --port 8000`.")
    if not ports.is_free(port):
        raise _taken(port)


def take_port(port: int) -> list[socket.socket]:
    """Listen on the web server's port, to reserve it. Raises CannotStart if it is in use."""
    try:
        return ports.listen(port, ("127.0.0.1", "::1") if has_ipv6() else ("127.0.0.1",))
    except OSError as error:
        raise _taken(port) from error


def _taken(port: int) -> CannotStart:
    other = ports.first_free(port + 1) if port + 1 < ports.HIGHEST else 8000
    return CannotStart(
        f"Port {port} is taken by another program: stop that one, or choose another port, as in "
        f"`python3 manage.py demo --port {other}`."
    )


def demo_dir() -> Path:
    return Path(os.environ.get("DEMO_DIR") or ROOT / ".demo").absolute()


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: give a number from 1 to 65535")
    return int(text)
