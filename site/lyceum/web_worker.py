"""The web server: gunicorn manages processes, and a waitress server in each handles connections.

Gunicorn loads the code once, replaces dead processes and restarts without downtime. Waitress receives requests and sends
responses in one event loop, and only a complete request takes a thread: a slow client costs a socket and some memory.
Gunicorn's threaded worker reads requests in its threads, and a few dozen incomplete requests occupied all of them.
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

CHECK_EVERY = 0.5
# Seconds for the headers of a request, and the minimum rate of its body in bytes a second after BODY_SECONDS.
HEAD_SECONDS, BODY_SECONDS, BODY_RATE = 20.0, 30.0, 1024
# Seconds after which an idle connection is closed, and one whose client reads nothing.
IDLE_SECONDS = 30
# The kernel's send buffer, and the size of chunks read from a file.
KERNEL_BYTES, SEND_BYTES = 256 * 1024, 64 * 1024
# Seconds that a stopping process still serves open connections, so that no request is dropped.
LAST_SECONDS = 1.0


class _Logged(Task):  # type: ignore[misc]
    """Writes gunicorn's access log, and closes the connection if the process is stopping."""

    def start(self) -> None:
        super().start()
        if self.channel.server.ending:
            self.set_close_on_finish()

    def write(self, data: bytes) -> None:
        if data and self.complete and not self.wrote_header:
            # Send headers and body in one packet; waitress would send two.
            self.channel.head, self.wrote_header = self.build_response_header(), True
        super().write(data)

    def finish(self) -> None:
        super().finish()
        if self.channel.head:
            self.channel.write_soon(b"")
        log = self.channel.server.log
        if log.access_log_enabled:
            took = timedelta(seconds=time.time() - self.start_time)
            response = SimpleNamespace(
                status=self.status, sent=self.content_bytes_written, headers=self.response_headers
            )
            log.access(response, SimpleNamespace(headers=self.request.headers), self.log_environ(), took)

    def log_environ(self) -> dict[str, Any]:
        """Return what the access log reads; waitress keeps a WSGI request's environment under `environ`."""
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
    """Refuses ambiguous headers that a proxy may parse differently (request smuggling)."""

    def parse_header(self, header_plus: bytes) -> None:
        if b"\r\n " in header_plus or b"\r\n\t" in header_plus:
            raise ParsingError("A header goes on in the next line")
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("A length and Transfer-Encoding were both sent")


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, which is closed if a request arrives too slowly."""

    task_class, error_task_class, parser_class = _Task, _ErrorTask, _Parser
    began = 0.0
    received_bytes = 0
    # The headers of the current response, until they are sent.
    head = b""

    def __init__(self, server: Any, sock: socket.socket, *more: Any, **options: Any) -> None:
        super().__init__(server, sock, *more, **options)
        # Waitress would read megabytes of a file again for each piece that the kernel accepted.
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
    """Shared by both kinds of listeners. ending: connections are closed after the current response."""

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
    """Gunicorn's worker class. Uses the settings `threads`, `worker_connections`, `timeout`, `graceful_timeout`."""

    next_check_at = 0.0

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
            # Django decides which proxies to trust (BEHIND_PROXY, NUM_PROXIES).
            clear_untrusted_proxy_headers=False,
            connection_limit=self.cfg.worker_connections,
            asyncore_use_poll=True,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=2,
            log_socket_errors=False,
            max_request_header_size=32 * 1024,
            max_request_body_size=int(os.environ.get("WEB_MAX_BODY_MB", "50")) * 1024 * 1024,
            # Responses to slow clients are buffered in a file and hold no thread until they are this large.
            outbuf_high_watermark=64 * 1024 * 1024,
        )

    def _turn(self) -> None:
        # A busy process runs this thousands of times a second.
        if (now := time.monotonic()) >= self.next_check_at:
            self.next_check_at = now + CHECK_EVERY
            # Gunicorn replaces a process that doesn't notify it.
            if not self.dispatcher.is_stuck(self.timeout):
                self.notify()
            self.dispatcher.give_up()
        wasyncore.loop(timeout=CHECK_EVERY, use_poll=True, map=self.connections, count=1)

    def _end(self) -> None:
        """Finish current requests, within gunicorn's `graceful_timeout`."""
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
