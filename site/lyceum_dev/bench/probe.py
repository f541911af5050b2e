"""Counts the queries of a request in this process, and the time spent in them."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client

from lyceum_dev.bench import HOST


@dataclass(frozen=True)
class Probed:
    queries: int
    database_ms: float
    status: int


class _Clock:
    def __init__(self) -> None:
        self.queries, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - began


def send(method: str, path: str, *, body: str = "", token: str = "") -> Probed:
    headers = {"host": HOST, **({"authorization": f"Bearer {token}"} if token else {})}
    client, clock = Client(headers=headers), _Clock()
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(clock))
        if method == "POST":
            answer = client.post(path, body, content_type="application/json")
        else:
            answer = client.get(path)
    return Probed(clock.queries, clock.seconds * 1000, answer.status_code)
