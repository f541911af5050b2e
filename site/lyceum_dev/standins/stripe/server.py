"""The HTTP server, from the standard library: keep-alive, a thread per connection."""

import socket
import sys
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from lyceum_dev.standins.stripe.admin_api import AdminApi
from lyceum_dev.standins.stripe.api import Api
from lyceum_dev.standins.stripe.http import Request, Response, as_html, as_json
from lyceum_dev.standins.stripe.pages import Pages
from lyceum_dev.standins.stripe.services import Services
from lyceum_dev.standins.stripe.webhook_sender import WebhookSender

LARGEST_BODY = 1 << 20
BUG = {"error": {"type": "api_error", "message": "The stand-in has a bug; see its output."}}
HEALTH = {"status": "ok", "service": "stripe-standin"}


class Server:
    """A running stand-in.  port 0: any free one.  state: None keeps everything in memory.

    listener: a socket that listens already, used instead of host and port.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        state: Path | None = None,
        control: bool = False,
        retry_base: float = 1.0,
        quiet: bool = True,
        listener: socket.socket | None = None,
    ) -> None:
        self.services = Services(state)
        self.webhook_sender = WebhookSender(self.services, retry_base)
        self._handlers = {"/v1/": Api(self.services).answer, "/c/pay/": Pages(self.services).answer}
        if control:
            self._handlers["/_control/"] = AdminApi(self.services).answer
        self._http = _Http((host, port), self.answer, quiet, listener)
        self.base_url = f"http://{self._http.server_address[0]}:{self._http.server_port}"

    def answer(self, request: Request) -> Response:
        if request.path == "/_health":
            return as_json(200, HEALTH)
        for prefix, door in self._handlers.items():
            if request.path.startswith(prefix):
                return door(request)
        if request.path == "/":
            return as_html(200, "<!doctype html><title>Stripe stand-in</title><p>This is a stand-in for Stripe.</p>")
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        return as_json(404, {"error": {"type": "invalid_request_error", "message": message}})

    def serve(self) -> None:
        """Serve until stop() is called from another thread."""
        self.webhook_sender.start()
        self._http.serve_forever(poll_interval=0.05)

    def start(self) -> "Server":
        """Serve in a new thread."""
        Thread(target=self.serve, name="stripe-standin", daemon=True).start()
        return self

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self.webhook_sender.stop()
        self.services.store.close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[Request], Response],
        quiet: bool,
        listener: socket.socket | None = None,
    ) -> None:
        self.answer, self.quiet = answer, quiet
        super().__init__(address, _Handler, bind_and_activate=listener is None)
        if listener:
            self.socket.close()
            self.socket = listener
            self.server_address = listener.getsockname()[:2]
            self.server_port = self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        # Closed connections are normal; show other errors.
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    server_version = "stripe-standin"
    disable_nagle_algorithm = True
    timeout = 60

    def _respond(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._write(as_json(413, {"error": {"type": "invalid_request_error", "message": "The body is too large."}}))
            return
        parts = urlsplit("http://x" + self.path if self.path.startswith("/") else self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
            base_url=f"http://{self.headers.get('Host') or 'localhost'}",
        )
        try:
            answer = self.server.answer(request)
        except Exception:
            traceback.print_exc()
            answer = as_json(500, BUG)
        self._write(answer)

    do_GET = do_POST = do_DELETE = do_PUT = do_HEAD = _respond

    def _write(self, answer: Response) -> None:
        if answer.dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        if not self.server.quiet:
            super().log_message(format, *args)
