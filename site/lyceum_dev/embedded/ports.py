"""Ports on loopback."""

import contextlib
import errno
import socket

HIGHEST = 32768
"""Above it begins the range from which Linux takes ports for outgoing connections."""


def is_free(port: int, hosts: tuple[str, ...] = ("127.0.0.1", "::1")) -> bool:
    return all(_can_listen(host, port) for host in hosts)


def first_free(preferred: int) -> int:
    """Return the first free port from the preferred one upwards."""
    for port in range(preferred, HIGHEST):
        if is_free(port):
            return port
    raise OSError(errno.EADDRINUSE, f"no free port between {preferred} and {HIGHEST}")


def listen(port: int, hosts: tuple[str, ...] = ("127.0.0.1",)) -> list[socket.socket]:
    """Listen on a port, to reserve it until it is used. Raises OSError if it is in use."""
    taken: list[socket.socket] = []
    try:
        for host in hosts:
            listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            taken.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(2048)
    except OSError:
        for listener in taken:
            listener.close()
        raise
    return taken


def listen_at_first_free(preferred: int) -> socket.socket:
    """Listen on the first free port from the preferred one upwards."""
    for port in range(preferred, HIGHEST):
        with contextlib.suppress(OSError):
            return listen(port)[0]
    raise OSError(errno.EADDRINUSE, f"no free port between {preferred} and {HIGHEST}")


def _can_listen(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            # Without it, recently closed connections make a free port look taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except OSError as error:
        # Only a taken or forbidden port counts: hosts without IPv6 raise other errors.
        return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True
