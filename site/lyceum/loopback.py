"""What this machine offers on its loopback interface. Standard library only: gunicorn's settings and the demo import it."""

import socket


def has_ipv6() -> bool:
    """Say whether this machine has IPv6 on loopback; many containers do not."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
