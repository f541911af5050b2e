"""The web server: gunicorn's processes, each with a waitress inside.

Gunicorn keeps the processes (loads the code once, replaces the dead, restarts without a gap); waitress keeps the
connections. Its one loop receives requests and sends answers, and only a whole request takes a thread: a visitor who sends
or reads slowly costs a socket and some memory. Gunicorn's own threads were measured and read requests themselves, so a
few dozen half-sent ones took them all.
"""

import contextlib
import os
import socket
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer, UnixWSGIServer
from waitress.task import ErrorTask, Task, WSGITask

from lyceum.lanes import LaneDispatcher

LOOK_EVERY = 0.5
# A request's head must be there within so many seconds, and its body come at this rate, counted after a first while.
HEAD_SECONDS, BODY_SECONDS, BODY_RATE = 20.0, 30.0, 1024
# A connection at rest, and one whose reader has taken nothing, is closed after so many seconds.
IDLE_SECONDS = 30
# What the kernel takes of an answer whose reader is slow, and what is read of a file at once.
KERNEL_BYTES, SEND_BYTES = 256 * 1024, 64 * 1024
# A process that ends still answers on connections that are open, so that nobody's request meets a closed door.
LAST_SECONDS = 1.0


class _Logged(Task):  # type: ignore[misc]
    """Writes gunicorn's access log, and closes the connection when the process is about to end."""

    def start(self) -> None:
        super().start()
        if self.channel.server.ending:
            self.set_close_on_finish()

    def write(self, data: bytes) -> None:
        if data and self.complete and not self.wrote_header:
            # Both in one packet, where waitress would send two.
            self.channel.head, self.wrote_header = self.build_response_header(), True
        super().write(data)

    def finish(self) -> None:
        super().finish()
        if self.channel.head:
            self.channel.write_soon(b"")
        log = self.channel.server.log
        if log.access_log_enabled:
            took = timedelta(seconds=time.time() - self.start_time)
            told = SimpleNamespace(status=self.status, sent=self.content_bytes_written, headers=self.response_headers)
            log.access(told, SimpleNamespace(headers=self.request.headers), self.described(), took)

    def described(self) -> dict[str, Any]:
        request = self.request
        return {
            "REQUEST_METHOD": getattr(request, "command", "-"),
            "RAW_URI": getattr(request, "request_uri", "-"),
            "SERVER_PROTOCOL": f"HTTP/{self.version}",
            "REMOTE_ADDR": self.channel.addr[0],
            "HTTP_REFERER": request.headers.get("REFERER", "-"),
            "HTTP_USER_AGENT": request.headers.get("USER_AGENT", "-"),
        }


class _Task(_Logged, WSGITask):
    pass


class _ErrorTask(_Logged, ErrorTask):
    pass


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses what a proxy in front may read in another way: two requests where it saw one."""

    def parse_header(self, header_plus: bytes) -> None:
        if b"\r\n " in header_plus or b"\r\n\t" in header_plus:
            raise ParsingError("A header goes on in the next line")
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("A length and Transfer-Encoding were both sent")


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection. A request that trickles in is dropped, however busy its sender looks."""

    task_class, error_task_class, parser_class = _Task, _ErrorTask, _Parser
    began = 0.0
    received_bytes = 0
    # Of the response that is being written: not sent yet.
    head = b""

    def __init__(self, server: Any, sock: socket.socket, *more: Any, **options: Any) -> None:
        super().__init__(server, sock, *more, **options)
        # Waitress reads as much of a file as the kernel might take, megabytes, again for each piece that it took.
        self.sendbuf_len = min(self.sendbuf_len, SEND_BYTES)

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began, self.received_bytes = time.time(), 0
        self.received_bytes += len(data)
        return bool(super().received(data))

    def write_soon(self, data: Any) -> int:
        if self.head:
            data, self.head = b"".join((self.head, data)), b""
        return int(super().write_soon(data))

    def is_too_slow(self, now: float) -> bool:
        request = self.request
        if request is None:
            return False
        took = now - self.began
        if not request.headers_finished:
            return took > HEAD_SECONDS
        return took > BODY_SECONDS and self.received_bytes < took * BODY_RATE

    def is_busy(self) -> bool:
        return bool(self.requests or self.total_outbufs_len or self.request is not None)


class _Server:
    """What both kinds of listeners share. ending: no new connections, and each answer is the last one of its own."""

    channel_class = Channel
    log: Any
    ending = False

    def set_socket_options(self, conn: socket.socket) -> None:
        super().set_socket_options(conn)  # type: ignore[misc]
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)

    def maintenance(self, now: float) -> None:
        super().maintenance(now)  # type: ignore[misc]
        for channel in self.active_channels.values():  # type: ignore[attr-defined]
            if channel.is_too_slow(now):
                channel.will_close = True


class _TcpServer(_Server, TcpWSGIServer):  # type: ignore[misc]
    pass


class _UnixServer(_Server, UnixWSGIServer):  # type: ignore[misc]
    pass


class WebWorker(Worker):  # type: ignore[misc]
    """Gunicorn's worker class. Reads gunicorn's settings `threads`, `worker_connections`, `timeout`, `graceful_timeout`."""

    look_at = 0.0

    def run(self) -> None:
        self.dispatcher = LaneDispatcher(self.cfg.threads, max(1, self.cfg.threads // 2))
        self.connections: dict[int, Any] = {}
        self.servers = [self._listen(listener.sock) for listener in self.sockets]
        while self.alive and self.ppid == os.getppid():
            self._turn()
        self._end()

    def _listen(self, listener: socket.socket) -> Any:
        listener.setblocking(False)
        kind = _UnixServer if listener.family == socket.AF_UNIX else _TcpServer
        server = kind(
            self.wsgi,
            map=self.connections,
            _start=False,
            _sock=listener,
            dispatcher=self.dispatcher,
            adj=self._adjustments(),
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )
        server.log, server.accepting = self.log, True
        return server

    def _adjustments(self) -> Adjustments:
        return Adjustments(
            ident=None,
            # Django itself decides which proxy to believe (BEHIND_PROXY, NUM_PROXIES).
            clear_untrusted_proxy_headers=False,
            connection_limit=self.cfg.worker_connections,
            asyncore_use_poll=True,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=2,
            log_socket_errors=False,
            max_request_header_size=32 * 1024,
            max_request_body_size=int(os.environ.get("WEB_MAX_BODY_MB", "50")) * 1024 * 1024,
            # Larger answers go to a file when their reader is slow, and hold no thread until they are this large.
            outbuf_high_watermark=64 * 1024 * 1024,
        )

    def _turn(self) -> None:
        # A busy process turns some thousand times a second.
        if (now := time.monotonic()) >= self.look_at:
            self.look_at = now + LOOK_EVERY
            # Gunicorn replaces a process that doesn't say that it lives.
            if not self.dispatcher.is_stuck(self.timeout):
                self.notify()
            self.dispatcher.give_up()
        wasyncore.loop(timeout=LOOK_EVERY, use_poll=True, map=self.connections, count=1)

    def _end(self) -> None:
        """Finish what has begun, within gunicorn's `graceful_timeout`."""
        began = time.monotonic()
        until = began + max(LAST_SECONDS, self.cfg.graceful_timeout - 1)
        for server in self.servers:
            server.accepting, server.ending = False, True
        while time.monotonic() < until and (time.monotonic() < began + LAST_SECONDS or self._is_busy()):
            self.notify()
            self.dispatcher.give_up()
            wasyncore.loop(timeout=0.1, use_poll=True, map=self.connections, count=1)
        self.dispatcher.shutdown(0.5)
        with contextlib.suppress(OSError):
            wasyncore.close_all(self.connections, ignore_all=True)

    def _is_busy(self) -> bool:
        return any(channel.is_busy() for server in self.servers for channel in server.active_channels.values())
