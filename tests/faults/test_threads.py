"""Tenant isolation under load: threads of one process that serve two academies never mix them up."""

import itertools
import threading
import time
import uuid

from tests.faults.client import send
from tests.faults.seed import CANARY

SECONDS, CLIENTS = 6, 12
OTHER = {"north": "south", "south": "north"}


def _mixed(academy):
    """Yield requests of one academy for ever: kept and fresh ones, what is somebody's own, writes and mistakes."""
    token = academy.person()
    for number in itertools.count():
        fresh = uuid.uuid4().hex[:6]
        yield from [
            ("GET", academy.course, "", None),
            ("GET", f"{academy.event}?fresh={fresh}", "", None),
            ("GET", "/api/v1/users/me/", token, None),
            ("GET", f"/api/v2/pages/?limit=20&search=oven&fresh={fresh}", "", None),
            ("GET", "/api/v1/orders/", token, None),
            ("GET", f"/nowhere/{fresh}/", "", None),
            ("GET", f"/sitemap.xml?fresh={fresh}", "", None),
        ]
        if number % 3 == 0:
            yield "POST", "/api/v1/checkout/", academy.person(), {"items": [{"offering": academy.free}]}


def test_no_word_of_another_academy_is_seen_under_threads(deployment):
    leaks, seen, over = [], [], time.monotonic() + SECONDS
    lock = threading.Lock()

    def visit(academy):
        for method, path, token, body in _mixed(academy):
            if time.monotonic() > over:
                return
            reply = send(deployment.port, method, path, host=academy.host, token=token, body=body)
            text = reply.body + repr(reply.headers).encode()
            foreign = OTHER[academy.schema]
            with lock:
                seen.append((academy.schema, path, reply.status, CANARY[academy.schema].encode() in text))
                if CANARY[foreign].encode() in text or f"{foreign}.localhost".encode() in text:
                    leaks.append((academy.schema, path, text[:300]))

    academies = [deployment.north, deployment.south] * (CLIENTS // 2)
    visitors = [threading.Thread(target=visit, args=(academy,), daemon=True) for academy in academies]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join(SECONDS + 60)

    assert leaks == []
    assert [entry for entry in seen if not 0 < entry[2] < 500] == []
    # The canaries sing: each academy's own word is where it belongs.
    for schema in CANARY:
        own = [entry for entry in seen if entry[0] == schema and entry[3]]
        assert {path.partition("?")[0] for _, path, _, _ in own} >= {"/api/v1/users/me/"}
    assert len(seen) > 50
