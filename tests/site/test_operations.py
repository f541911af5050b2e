"""Operations: metrics and logs for operators only."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from academies.inbox.models import WebhookEvent
from academies.kernel import breaker as breakers
from academies.kernel import clock
from academies.kernel.breaker import Breaker
from academies.kernel.errors import Conflict
from academies.outbox.models import Message
from academies.tenants.models import Academy
from lyceum.operations import actions, error_reports, metrics, queries, watch
from lyceum.operations.models import Measurement


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def operator(settings):
    settings.OPERATOR_EMAIL = "operator@lyceum.example"


def _scrape(token: str = "", host: str = "10.0.0.7"):
    headers = {"host": host, **({"authorization": f"Bearer {token}"} if token else {})}
    return Client(headers=headers).get("/metrics", follow=True)


# --- metrics --------------------------------------------------------------------------------------------------------
def test_metrics_are_shown_to_the_bearer_of_the_token_and_are_not_there_for_others(north, settings):
    settings.METRICS_TOKEN = "scraper"

    assert _scrape("scraper").status_code == 200
    assert _scrape("scraper", host="north.localhost").status_code == 200
    assert {
        _scrape(token, host).status_code for token in ("", "wrong", "ß") for host in ("10.0.0.7", "north.localhost")
    } == {404}
    settings.METRICS_TOKEN = ""
    assert {_scrape("").status_code, _scrape("scraper").status_code} == {404}


def test_a_scrape_says_what_waits_and_costs_the_same_for_any_number_of_academies(
    north, settings, now, django_assert_max_num_queries
):
    settings.METRICS_TOKEN = "scraper"
    actions.note_heartbeat(name="worker", now=now - timedelta(seconds=40))
    Measurement.objects.bulk_create(
        Measurement(
            schema=f"academy_{number}", measured_at=now, outbox_waiting=2, outbox_oldest_at=now - timedelta(seconds=90)
        )
        for number in range(300)
    )

    with django_assert_max_num_queries(6):
        body = _scrape("scraper").content.decode()

    lines = dict(line.rsplit(" ", 1) for line in body.splitlines() if not line.startswith("#"))
    assert float(lines["lyceum_outbox_waiting"]) == 600
    assert 90 <= float(lines["lyceum_outbox_oldest_seconds"]) < 190
    assert 40 <= float(lines['lyceum_heartbeat_age_seconds{process="worker"}']) < 140
    assert 'process="clock"' not in body


def _sample(name: str) -> float:
    """Return one value of the metrics, 0 while it has none."""
    lines = metrics.response(clock.now()).content.decode().splitlines()
    return next((float(line.removeprefix(name)) for line in lines if line.startswith(name)), 0)


def test_an_open_breaker_is_counted_until_it_closes(db, monkeypatch):
    def value():
        return _sample('lyceum_breakers_not_closed{kind="test"}')

    monkeypatch.setattr(breakers, "watchers", [metrics.note_breaker])
    seconds = [0.0]
    breaker = Breaker("test", failures=1, pause=5, clock=lambda: seconds[0])

    breaker.failed()
    assert value() == 1
    seconds[0] = 5
    assert breaker.admits()
    breaker.failed()
    assert value() == 1
    breaker.succeeded()

    assert value() == 0


def test_answers_are_counted_by_view_and_status_those_before_django_included(db):
    def application(environ, start_response):
        environ.update(environ.pop("told", {}))
        start_response("404 Not Found", [])
        return [b""]

    def count(view):
        return _sample(f'lyceum_request_seconds_count{{status="404",view="{view}"}}')

    before = count("CheckoutView"), count("kept")
    call = metrics.measured(application)

    call({"told": {metrics.VIEW: "CheckoutView"}}, lambda *args: None)
    call({}, lambda *args: None)

    assert (count("CheckoutView"), count("kept")) == (before[0] + 1, before[1] + 1)


# --- measurements and alarms ----------------------------------------------------------------------------------------
def test_an_academy_measures_what_waits_what_is_late_and_what_fails(north, now):
    for number, (attempts, minutes) in enumerate([(0, 5), (12, 30), (0, -60)]):
        Message.objects.create(
            name="test", key=str(number), created_at=now, due_at=now - timedelta(minutes=minutes), attempts=attempts
        )

    measured = actions.measure(now=now)

    assert (measured.schema, measured.outbox_waiting, measured.outbox_failing) == ("north", 2, 1)
    assert measured.outbox_oldest_at == now - timedelta(minutes=30)


def test_all_is_well_raises_nothing(north, now, operator):
    for name in queries.PROCESSES:
        actions.note_heartbeat(name=name, now=now)
    actions.measure(now=now)
    actions.check_integrity(now=now)

    assert actions.raise_alarms(now=now) == []
    assert mail.outbox == []


def test_each_kind_of_trouble_is_written_of_once_a_day(north, now, operator):
    actions.note_heartbeat(name="worker", now=now - timedelta(minutes=4))
    actions.note_heartbeat(name="clock", now=now)
    Measurement.objects.create(
        schema="north", measured_at=now, outbox_failing=1, orders_stuck=1, refunds_stuck=1, outbox_waiting=3,
        outbox_oldest_at=now - timedelta(hours=1), checked_at=now,
        violations=["order 7 is paid, but nothing was confirmed"],
    )  # fmt: skip
    WebhookEvent.objects.create(
        source="stripe", account="north", external_id="evt_1", kind="paid", payload={}, received_at=now, status="failed"
    )
    Academy.objects.filter(schema_name="south").update(status=Academy.Status.MAINTENANCE)
    kinds = {
        "worker_silent", "outbox_late", "outbox_failing", "webhooks_failed", "orders_stuck", "refunds_stuck",
        "integrity_violated", "academies_quarantined",
    }  # fmt: skip

    assert set(actions.raise_alarms(now=now)) == kinds
    assert actions.raise_alarms(now=now + timedelta(seconds=30)) == []
    assert len(mail.outbox) == len(kinds)
    assert {message.to[0] for message in mail.outbox} == {"operator@lyceum.example"}
    assert any("north: order 7 is paid" in message.body for message in mail.outbox)

    assert "worker_silent" in actions.raise_alarms(now=now + timedelta(days=1, minutes=1))


def test_without_an_operator_nothing_is_written_and_the_log_says_it(north, now, caplog):
    actions.note_heartbeat(name="worker", now=now - timedelta(minutes=4))

    assert "worker_silent" in actions.raise_alarms(now=now)

    assert mail.outbox == []
    assert any("worker_silent" in record.getMessage() for record in caplog.records)


# --- heartbeats -----------------------------------------------------------------------------------------------------
def test_ready_tells_of_a_silent_worker_and_stays_ready(north, now):
    def ready():
        response = Client(headers={"host": "10.0.0.7"}).get("/health/ready")
        return response.status_code, response.json()["background"]

    assert ready() == (200, {"worker": "never seen", "clock": "never seen"})
    actions.note_heartbeat(name="worker", now=now - timedelta(minutes=10))
    actions.note_heartbeat(name="clock", now=now)
    status, background = ready()

    assert (status, background["clock"]) == (200, "ok")
    assert background["worker"].startswith("silent for ")


def test_the_clock_sends_nothing_to_academies_while_the_worker_is_silent(north, now, monkeypatch):
    sent = []
    # The test's transaction must outlive it.
    monkeypatch.setattr(watch, "close_old_connections", lambda: None)
    monkeypatch.setattr(
        watch.PersistentScheduler, "apply_async", lambda self, entry, **options: sent.append(entry.task)
    )
    entries = [type("Entry", (), {"task": name}) for name in ("tenants.fan_out", "operations.heartbeat")]

    def tick():
        scheduler = watch.Scheduler.__new__(watch.Scheduler)
        sent.clear()
        for entry in entries:
            scheduler.apply_async(entry)
        return list(sent)

    assert tick() == ["tenants.fan_out", "operations.heartbeat"], "nothing is known of the worker"
    actions.note_heartbeat(name="worker", now=now - timedelta(minutes=10))
    assert tick() == ["operations.heartbeat"]
    actions.note_heartbeat(name="worker", now=now)

    assert tick() == ["tenants.fan_out", "operations.heartbeat"]


# --- error reports --------------------------------------------------------------------------------------------------
def test_a_report_holds_no_personal_data_and_names_the_academy(north):
    event = {
        "user": {"email": "lena@north.example"},
        "request": {
            "method": "POST", "url": "https://north.example/login/?token=secret", "data": {"password": "secret"},
            "cookies": {"sessionid": "secret"}, "headers": {"Authorization": "secret"}, "query_string": "token=secret",
        },
        "extra": {"row": "secret"},
    }  # fmt: skip

    report = error_reports.scrubbed(event, {})

    assert report is not None
    assert "secret" not in str(report)
    assert "lena" not in str(report)
    assert report["request"] == {"method": "POST", "url": "https://north.example/login/"}
    assert report["tags"]["academy"] == "north"


def test_a_refusal_is_not_reported_and_another_error_is():
    def hint(error):
        return {"exc_info": (type(error), error, None)}

    assert error_reports.scrubbed({}, hint(Conflict())) is None
    assert error_reports.scrubbed({}, hint(ValueError())) is not None
