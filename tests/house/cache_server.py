"""A cache server of a test's own, which can be frozen: it keeps its connections and takes commands, and answers nothing."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from lyceum_dev.embedded import binaries, ports


@dataclass
class CacheServer:
    url: str
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path) -> "CacheServer":
        port = ports.first_free(28_400 + os.getpid() % 1000)
        command = [binaries.valkey(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        server = cls(f"redis://127.0.0.1:{port}/0", subprocess.Popen(command, stdout=subprocess.DEVNULL))
        server._wait()
        return server

    def _wait(self) -> None:
        for _ in range(300):
            try:
                redis.Redis.from_url(self.url, socket_timeout=5).ping()
                return
            except redis.RedisError:
                time.sleep(0.05)
        raise AssertionError("the cache server does not answer")

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self._wait()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(20)
