"""Late progress reports leave the learner's position unchanged."""

import json
import socket
from datetime import UTC, datetime, timedelta


def test_a_report_that_trickles_in_late_moves_no_position_back(deployment):
    north, now = deployment.north, datetime.now(UTC)
    path = f"/api/v1/lectures/{north.film}/progress/"
    early = json.dumps(
        {"watched": [[0, 5]], "position_seconds": 0, "sent_at": (now - timedelta(seconds=5)).isoformat()}
    ).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {north.host}\r\nAuthorization: Bearer {north.viewer}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(early)}\r\n\r\n"
    )
    newer = {"watched": [[0, 10]], "position_seconds": 10, "sent_at": now.isoformat()}

    with socket.create_connection(("127.0.0.1", deployment.port), 10) as slow:
        slow.sendall(head.encode() + early[:10])
        reported = deployment.send("POST", path, token=north.viewer, body=newer)
        slow.sendall(early[10:])
        late = slow.recv(65536)

    assert reported.status == 200, reported
    assert late.startswith(b"HTTP/1.1 200"), late
    assert deployment.send("GET", path, token=north.viewer).json()["position_seconds"] == 10
