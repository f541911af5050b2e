"""python -m lyceum_dev.standins.stripe --port 12111 --state DIR"""

import argparse
import signal
import socket
import sys
import threading
from pathlib import Path

from lyceum_dev.standins.stripe.server import Server


def main() -> int:
    parser = argparse.ArgumentParser(prog="stripe-standin", description="A stand-in for Stripe's API, for one machine.")
    parser.add_argument("--port", type=int, default=12111, help="0 takes any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--fd", type=int, help="the number of a socket that listens already, instead of both")
    parser.add_argument("--state", type=Path, help="folder to keep everything in; without it, memory")
    parser.add_argument("--control", action="store_true", help="open the switches for tests under /_control/")
    parser.add_argument("--retry-base", type=float, default=1.0, help="seconds before a webhook is first repeated")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    options = parser.parse_args()
    try:
        server = Server(
            port=options.port,
            host=options.host,
            state=options.state,
            control=options.control,
            retry_base=options.retry_base,
            quiet=not options.verbose,
            listener=None if options.fd is None else socket.socket(fileno=options.fd),
        )
    except OSError as error:
        print(f"stripe-standin: can't listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server.start()
    print(f"Listening on {server.base_url}", flush=True)
    ended.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
