"""Benchmark: what it sends and how it judges."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import islice

import pytest

from lyceum_dev.bench import cases, load, report, servers, targets
from lyceum_dev.bench.data import Measured, Person
from lyceum_dev.embedded import ports

EVEN = targets.Results(
    per_second={
        (case, workers): 100.0
        for case in ("floor", "course_kept", "api_kept", "api", "baseline", "progress")
        for workers in (1, 2)
    },
    cpu_ms={},
    queries={"tenant": 0, "course": 12, "api": 5},
    database_ms={},
    middleware_ms=0.1,
    certificates=100,
    provision_seconds=2,
)


def test_a_bar_just_reached_holds():
    judged = {bar.label: bar for bar in targets.bars(EVEN)}

    assert judged["and no query"].holds
    assert judged["a course page, nothing kept: at most 12 queries"].holds
    assert judged["certificates: 100 a second and core"].holds


def test_a_missed_bar_says_by_how_much_and_where_the_time_goes():
    judged = [bar for bar in targets.bars(EVEN) if bar.case == "progress"]
    measured_academy = {"progress": {"runs": [{"cpu_ms": 4.0}], "database_ms": 2.5, "queries": 3}}

    (line,) = report.bar_lines(judged, measured_academy)

    assert judged[0].missed_by == pytest.approx(0.75)
    assert "missed by 75 %: 4.00 ms of CPU in the worker and 2.50 ms in 3 queries a request" in line


@pytest.fixture
def measured_academy():
    people = [Person(key=None, token=f"token-{number}") for number in range(3)]
    return Measured(course_path="/courses/one/", video=7, learners=people, buyers=people, free_plans=["a", "b"])


def test_every_learner_reports_the_next_seconds_in_turn(measured_academy):
    progress = next(case for case in cases.all_cases(measured_academy) if case.key == "progress")

    asks = list(islice(progress.asks, 4))

    assert [ask.token for ask in asks] == ["token-0", "token-1", "token-2", "token-0"]
    assert [json.loads(ask.body)["watched"] for ask in asks] == [[[0, 10]], [[0, 10]], [[0, 10]], [[10, 20]]]


def test_nobody_buys_the_same_twice(measured_academy):
    checkout = next(case for case in cases.all_cases(measured_academy) if case.key == "checkout")

    asks = list(checkout.asks)

    assert len({(ask.token, ask.body) for ask in asks}) == len(asks) == 6


class _Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404 if "missing" in self.path else 200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_the_load_generator_counts_answers_by_status():
    server = HTTPServer(("127.0.0.1", 0), _Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    requests = [cases.Ask("GET", path).as_http().encode() for path in ("/a", "/missing", "/b")]
    sending = load.Load("127.0.0.1", server.server_port, 5.0, requests, once=True)

    sending.run(2)
    server.shutdown()

    assert sending.statuses == {200: 2, 404: 1}
    assert len(sending.milliseconds) == 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", [cases.FLOOR, cases.TENANT, cases.KEPT], ids=lambda kind: kind.application)
def test_each_side_of_a_comparison_starts_by_the_settings_of_production(kind):
    extra = {"DJANGO_SETTINGS_MODULE": kind.settings, "SECRET_KEY": "measured" * 8, **dict(kind.extra)}

    with servers.serving(kind.application, workers=1, extra=extra) as server:
        assert not ports.is_free(server.port)
