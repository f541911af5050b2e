"""Measurements over HTTP with the load generator, and in this process."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from academies.tenants import actions as tenants
from academies.tenants.context import inside
from academies.tenants.middleware import AcademyMiddleware
from lyceum_dev.bench import HOST, SCHEMA, probe
from lyceum_dev.bench.cases import FLOOR, KEPT, Ask, Case
from lyceum_dev.bench.servers import Server

WARM_SECONDS, MOST_ASKS = 0.4, 20_000


def run_load(server: Server, case: Case, *, workers: int, seconds: float) -> dict[str, Any]:
    """Warm up, then send requests for some seconds, two at a time per worker."""
    asks = iter(case.asks)
    _load(server, list(islice(asks, 60)) if case.once else [next(asks)], WARM_SECONDS, workers, case.once)
    sent = list(islice(asks, MOST_ASKS)) if case.once else [next(asks)]
    before = server.cpu_seconds()
    result = _load(server, sent, seconds, workers, case.once)
    after = server.cpu_seconds()
    answers = sum(result["statuses"].values())
    right = result["statuses"].get(str(case.expect), 0)
    milliseconds = sorted(result["milliseconds"])
    return {
        "workers": workers,
        "per_second": right / result["seconds"],
        "cpu_ms": None if before is None or after is None or not answers else (after - before) * 1000 / answers,
        "p95_ms": milliseconds[int(len(milliseconds) * 0.95)] if milliseconds else None,
        "answers": answers,
        "wrong": {status: count for status, count in result["statuses"].items() if status != str(case.expect)},
    }


def _load(server: Server, asks: list[Ask], seconds: float, workers: int, once: bool) -> dict[str, Any]:
    options = {
        "host": "127.0.0.1",
        "port": server.port,
        "seconds": seconds,
        "threads": 2 * workers,
        "once": once,
        "requests": [ask.as_http() for ask in asks],
    }
    done = subprocess.run(
        [sys.executable, "-m", "lyceum_dev.bench.load"],
        input=json.dumps(options),
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def probed(case: Case) -> probe.Probed:
    """Count the queries of one warm request in this process. The floor has no database."""
    if case.kind is FLOOR:
        return probe.Probed(0, 0.0, 200)
    changed: dict[str, Any] = {"PAGE_CACHE_SECONDS": 300 if case.kind is KEPT else 0}
    if case.key == "tenant":
        changed |= {
            "MIDDLEWARE": ["academies.tenants.middleware.AcademyMiddleware"],
            "ROOT_URLCONF": "lyceum_dev.bench.bare_view",
        }
    else:
        changed |= {"ROOT_URLCONF": "lyceum_dev.bench.urls"}
    with override_settings(**changed):
        for ask in islice(case.asks, 3):
            result = probe.send(ask.method, ask.path, body=ask.body, token=ask.token)
    return result


def middleware_ms(rounds: int = 20_000) -> float:
    """Return the milliseconds that the tenant middleware adds to a warm request."""
    answer = HttpResponse()
    request = RequestFactory().get("/", headers={"host": HOST})

    def view(request: Any) -> HttpResponse:
        return answer

    middleware = AcademyMiddleware(view)
    middleware(request)
    return max(0.0, _each(middleware, request, rounds) - _each(view, request, rounds))


def _each(work: Any, request: Any, rounds: int) -> float:
    began = time.perf_counter()
    for _ in range(rounds):
        work(request)
    return (time.perf_counter() - began) * 1000 / rounds


def certificates(*, processes: int, seconds: float) -> float:
    """Return how many certificates the processes draw together per second of CPU."""
    command = [sys.executable, "-m", "lyceum_dev.bench.drawing", str(seconds)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    return sum(float(process.communicate()[0]) for process in running)


def provisioning(times: int = 3) -> Iterator[float]:
    """Create and delete academies; yield the seconds that each took to be live."""
    for number in range(times):
        schema = f"{SCHEMA}_new_{number}"
        tenants.discard(schema=schema)
        began = time.perf_counter()
        tenants.provision(spec=tenants.AcademySpec(schema=schema, name="New", hosts=(f"new-{number}.{HOST}",)))
        with inside(schema):
            yield time.perf_counter() - began
        tenants.discard(schema=schema)


def median(values: Iterator[float]) -> float:
    return statistics.median(values)
