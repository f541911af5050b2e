"""An embedded Valkey, used as broker and cache: loopback only, with a password and an append-only file.

`data_dir` holds `data/`, `password` and `url` (for the owner only), `lock`, `lease` and `server.log`.
"""

import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from lyceum_dev.embedded import binaries, ports, refcount, secrets
from lyceum_dev.embedded.errors import CannotStart

FIRST_PORT = 26379
SECONDS = 30
RETRIES = 20


def ensure(data_dir: Path, *, persistent: bool = True) -> str:
    """Start the server unless it runs, and return its URL without a database number.

    The calling process counts as a user of the server until it ends or calls `stop`.
    persistent: keep the queue on disk, so that it survives a kill.
    Raises CannotStart.
    """
    data_dir = data_dir.absolute()
    try:
        (data_dir / "data").mkdir(parents=True, exist_ok=True)
        with refcount.exclusively(data_dir / "lock"):
            refcount.hold(data_dir / "lease")
            try:
                return _recorded(data_dir) or _start(data_dir, persistent)
            except BaseException:
                refcount.release(data_dir / "lease")
                raise
    except PermissionError as error:
        raise CannotStart(
            f"{data_dir} belongs to another user: run as that user, or set DEMO_DIR to another folder."
        ) from error


def stop(data_dir: Path, *, force: bool = False) -> bool:
    """Release the server; stop it if nobody else uses it, or by force. Returns whether it is stopped."""
    data_dir = data_dir.absolute()
    if not data_dir.is_dir():
        return True
    with refcount.exclusively(data_dir / "lock"):
        if not refcount.release(data_dir / "lease") and not force:
            return False
        url = _recorded(data_dir)
        if url:
            _ask(url, "SHUTDOWN")
            _wait_for_silence(url)
        return True


def _start(data_dir: Path, persistent: bool) -> str:
    for _ in range(RETRIES):
        if _launch(data_dir, persistent):
            return _recorded(data_dir)
        if not _lost_its_port(data_dir):
            break
    else:
        raise CannotStart(f"The embedded Valkey in {data_dir} finds each port taken: try again.")
    if _launch(data_dir, persistent):
        return _recorded(data_dir)
    # A broken queue file is moved aside. Nothing is lost: the outbox has all messages.
    broken = data_dir / "data"
    broken.rename(data_dir / f"data.broken-{int(time.time())}")
    broken.mkdir()
    if _launch(data_dir, persistent):
        return _recorded(data_dir)
    raise CannotStart(
        f"The embedded Valkey does not start ({_last_line(data_dir / 'server.log')}): "
        "set BROKER_URL and CACHE_URL to a server, or look into the folder " + str(data_dir) + "."
    )


def _launch(data_dir: Path, persistent: bool) -> bool:
    """Start the server and wait until it answers; return False if it exits instead."""
    port, password = free_port(data_dir), secrets.read_or_make(data_dir / "password")
    settings = data_dir / "valkey.conf"
    secrets.write(settings, _configuration(data_dir, port, password, persistent))
    with open(data_dir / "server.log", "wb") as log:
        process = subprocess.Popen(
            [binaries.valkey(), settings],
            cwd=data_dir,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    url = f"redis://:{password}@127.0.0.1:{port}"
    secrets.write(data_dir / "url", url)
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        # Another program on the port may not answer; our own server does at once, or is tried again.
        if _ask(url, "PING", timeout=0.5) == "+PONG":
            return True
        time.sleep(0.02)
    return False


def _lost_its_port(data_dir: Path) -> bool:
    """Return whether the start failed because another process took the port; the data are then intact."""
    return "already in use" in (data_dir / "server.log").read_text(encoding="utf-8", errors="replace")


def _configuration(data_dir: Path, port: int, password: str, persistent: bool) -> str:
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f'dir "{data_dir / "data"}"',
        "daemonize no",
        f"appendonly {'yes' if persistent else 'no'}",
        "appendfsync everysec",
        'save ""',
        # Only keys with an expiry are evicted: the cache, not the queues.
        "maxmemory 256mb",
        "maxmemory-policy volatile-lru",
    ]
    return "\n".join(lines) + "\n"


def _recorded(data_dir: Path) -> str:
    """Return the stored URL if its server accepts the password and serves this folder."""
    try:
        url = (data_dir / "url").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    return url if _ask(url, "CONFIG GET dir").endswith(str(data_dir / "data")) else ""


def free_port(data_dir: Path) -> int:
    try:
        last = urlsplit((data_dir / "url").read_text(encoding="utf-8")).port or FIRST_PORT
    except (OSError, ValueError):
        last = FIRST_PORT
    return last if ports.is_free(last) else ports.first_free(FIRST_PORT)


def _ask(url: str, command: str, *, timeout: float = 5) -> str:
    """Send an inline command and return the end of the reply; empty if there is none."""
    parts = urlsplit(url)
    try:
        with socket.create_connection(
            (parts.hostname or "127.0.0.1", parts.port or FIRST_PORT), timeout=timeout
        ) as connection:
            connection.sendall(f"AUTH {parts.password}\r\n{command}\r\nQUIT\r\n".encode())
            answer = b""
            while chunk := connection.recv(4096):
                answer += chunk
    except OSError:
        return ""
    return answer.decode(errors="replace").removeprefix("+OK\r\n").removesuffix("+OK\r\n").strip()


def _wait_for_silence(url: str) -> None:
    until = time.monotonic() + SECONDS
    while _ask(url, "PING") and time.monotonic() < until:
        time.sleep(0.02)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it ended at once")
