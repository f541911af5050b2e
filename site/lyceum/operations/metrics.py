"""Prometheus metrics at /metrics, protected by METRICS_TOKEN; without the setting the URL doesn't exist."""

import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import wraps
from time import perf_counter
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, exposition, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from academies.kernel.breaker import Breaker, State
from lyceum.operations import queries

_process = CollectorRegistry()
_seconds = Histogram(
    "lyceum_request_seconds",
    "Time until a response begins, by view and status. View `kept` is a response served from the cache without Django.",
    ["view", "status"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_process,
)
_breakers = Gauge(
    "lyceum_breakers_not_closed",
    "Breakers that are open or half open, over all web processes.",
    ["kind"],
    registry=_process,
    multiprocess_mode="livesum",
)
_openings = Counter("lyceum_breaker_openings", "How often breakers opened.", ["kind"], registry=_process)

VIEW = "lyceum.view"


def note_breaker(breaker: Breaker, former: State) -> None:
    if former == State.CLOSED:
        _breakers.labels(breaker.kind).inc()
        _openings.labels(breaker.kind).inc()
    elif breaker.state == State.CLOSED:
        _breakers.labels(breaker.kind).dec()


class ViewNameMiddleware:
    """Record the view's class or function name for `measured`, so that there is one label per view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META[VIEW] = "none"
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        view_class = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
        request.META[VIEW] = getattr(view_class, "__name__", type(view_class).__name__)


def measured(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Count and time the responses of a WSGI application, including those that don't reach Django."""

    @wraps(application, assigned=())
    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = perf_counter()

        def timed_start_response(status: str, *args: Any) -> Any:
            _seconds.labels(environ.get(VIEW, "kept"), status[:3]).observe(perf_counter() - began)
            return start_response(status, *args)

        return application(environ, timed_start_response)

    return call


class _Overview(Collector):
    """Metrics from the tables in `public`, in a fixed number of queries."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        totals = queries.overview(now=self._now)
        for name, value, text in (
            ("outbox_waiting", totals.outbox_waiting, "Messages of all outboxes that are due and not delivered."),
            ("outbox_oldest_seconds", totals.outbox_oldest_age, "Age of the oldest of them."),
            ("outbox_failing", totals.outbox_failing, "Messages that failed ten times or more; still tried hourly."),
            ("webhooks_waiting", totals.webhooks_waiting, "Stored events of the payment provider to be handled."),
            ("webhooks_failed", totals.webhooks_failed, "Stored events that have failed for good."),
            ("orders_stuck", totals.orders_stuck, "Orders that should have expired an hour ago."),
            ("refunds_stuck", totals.refunds_stuck, "Refunds under way for an hour."),
            ("integrity_violations", sum(map(len, totals.violations.values())), "What the daily check found."),
        ):
            yield GaugeMetricFamily(f"lyceum_{name}", text, value=value)
        ages = GaugeMetricFamily(
            "lyceum_heartbeat_age_seconds", "Since a process showed a sign of life.", labels=["process"]
        )
        for name, age in totals.heartbeat_age.items():
            if age is not None:
                ages.add_metric([name], age)
        yield ages
        academies = GaugeMetricFamily(
            "lyceum_academies", "Academies by status; `maintenance` is quarantine.", labels=["status"]
        )
        for status, count in totals.academies.items():
            academies.add_metric([status], count)
        yield academies


def allows(request: HttpRequest) -> bool:
    token = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())


def response(now: datetime) -> HttpResponse:
    """Return the metrics of all web processes and of the tables in `public`."""
    registry = CollectorRegistry()
    registry.register(_Overview(now))
    processes = CollectorRegistry() if "PROMETHEUS_MULTIPROC_DIR" in os.environ else _process
    if processes is not _process:
        multiprocess.MultiProcessCollector(processes)
    body = exposition.generate_latest(processes) + exposition.generate_latest(registry)
    return HttpResponse(body, content_type=exposition.CONTENT_TYPE_LATEST)
