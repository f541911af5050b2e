"""The loopback interface of this machine. Standard library only: gunicorn's settings and the demo import it."""

import socket


def has_ipv6() -> bool:
    """Return whether the loopback interface has IPv6; in many containers it doesn't."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
