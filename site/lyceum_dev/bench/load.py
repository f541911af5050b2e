"""The load generator: threads with plain sockets, in a separate process. Standard library only.

Reads JSON from stdin: host, port, seconds, threads, requests (raw HTTP requests), once (send none of them twice).
Writes JSON: the number of responses by status, the seconds it took, and the milliseconds of each response.
"""

import itertools
import json
import socket
import sys
import threading
import time
from collections import Counter
from typing import Any


class Load:
    def __init__(self, host: str, port: int, seconds: float, requests: list[bytes], once: bool):
        self.address, self.seconds = (host, port), seconds
        self._requests = iter(requests) if once else itertools.cycle(requests)
        self._lock = threading.Lock()
        self.statuses: Counter[int] = Counter()
        self.milliseconds: list[float] = []

    def run(self, threads: int) -> float:
        """Send until the time is up or no requests are left; return the elapsed seconds."""
        began = time.perf_counter()
        running = [threading.Thread(target=self._work, args=(began + self.seconds,)) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        return time.perf_counter() - began

    def _work(self, until: float) -> None:
        statuses: list[int] = []
        took: list[float] = []
        while (sent := time.perf_counter()) < until:
            with self._lock:
                request = next(self._requests, None)
            if request is None:
                break
            statuses.append(self._send(request))
            took.append((time.perf_counter() - sent) * 1000)
        with self._lock:
            self.statuses.update(statuses)
            self.milliseconds += took

    def _send(self, request: bytes) -> int:
        """Return the response's status, 0 if there was none. Each request uses its own connection."""
        try:
            with socket.create_connection(self.address, timeout=30) as connection:
                connection.sendall(request)
                head = connection.recv(65536)
                while connection.recv(65536):
                    pass
        except OSError:
            return 0
        return int(head[9:12]) if head[:5] == b"HTTP/" else 0


def main() -> None:
    options: dict[str, Any] = json.load(sys.stdin)
    requests = [request.encode("latin-1") for request in options["requests"]]
    load = Load(options["host"], options["port"], options["seconds"], requests, options["once"])
    seconds = load.run(options["threads"])
    json.dump({"statuses": load.statuses, "seconds": seconds, "milliseconds": load.milliseconds}, sys.stdout)


if __name__ == "__main__":
    main()
