"""The load generator: threads with plain sockets, in a process of its own. Standard library only.

Reads JSON from its input: host, port, seconds, threads, requests (whole HTTP requests), once (send none of them twice).
Writes JSON: how many answers of which status, the seconds it took, and each answer's milliseconds.
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
        """Send until the time is over or nothing is left; returns the seconds that took."""
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
        """Return the answer's status, 0 when there was none. Each request asks for its connection to be closed."""
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
    asked: dict[str, Any] = json.load(sys.stdin)
    requests = [request.encode("latin-1") for request in asked["requests"]]
    load = Load(asked["host"], asked["port"], asked["seconds"], requests, asked["once"])
    seconds = load.run(asked["threads"])
    json.dump({"statuses": load.statuses, "seconds": seconds, "milliseconds": load.milliseconds}, sys.stdout)


if __name__ == "__main__":
    main()
