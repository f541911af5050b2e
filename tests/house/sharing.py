"""A pooler as it must not be: every client's statements run on one server connection, as in PgBouncer's transaction mode."""

import os
import socket
import struct
import threading

from django.db import connection
from psycopg import pq

_GREETING = b"R" + struct.pack("!II", 8, 0) + b"Z" + struct.pack("!I", 5) + b"I"


class Pooler:
    """Clients need no password; simple queries only. Each message goes to the server when it is the client's turn."""

    def __init__(self) -> None:
        at = connection.settings_dict
        text = f"host={at['HOST']} port={at['PORT']} user={at['USER']} password={at['PASSWORD']} dbname={at['NAME']}"
        self._server = pq.PGconn.connect(text.encode())
        assert self._server.status == pq.ConnStatus.OK
        self._wire = socket.socket(fileno=os.dup(self._server.socket))
        self._wire.setblocking(True)
        self._turn = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._welcome, daemon=True).start()

    def __enter__(self) -> "Pooler":
        return self

    def __exit__(self, *args: object) -> None:
        self._door.close()
        self._wire.close()
        self._server.finish()

    def _welcome(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            while self._greeted(client):
                client.sendall(b"N")
            client.sendall(_GREETING)
            while (message := _message(client)) and message[:1] != b"X":
                with self._turn:
                    self._wire.sendall(message)
                    answer = _message(self._wire)
                    client.sendall(answer)
                    while answer[:1] != b"Z":
                        answer = _message(self._wire)
                        client.sendall(answer)

    def _greeted(self, client: socket.socket) -> bool:
        """Read a start-up message; True when it asks for encryption, and another one follows."""
        length, code = struct.unpack("!II", _exactly(client, 8))
        _exactly(client, length - 8)
        return code != 196608


def _message(stream: socket.socket) -> bytes:
    head = _exactly(stream, 5)
    return head + _exactly(stream, struct.unpack("!I", head[1:])[0] - 4) if head else b""


def _exactly(stream: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        chunk = stream.recv(count - len(found))
        if not chunk:
            return b""
        found += chunk
    return found
