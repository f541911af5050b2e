"""Celery worker on a real broker: each task runs in the academy that its message names."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from celery import current_app
from django.db import connection

from academies.kernel import clock
from academies.outbox.models import Message

ROOT = Path(__file__).resolve().parents[2]
BROKER = os.environ.get("BROKER_URL") or os.environ.get("CACHE_URL", "")
QUEUE = f"test-{os.getpid()}"

pytestmark = [
    pytest.mark.threads,
    pytest.mark.slow,
    pytest.mark.skipif(not BROKER, reason="no broker: run `manage.py test`"),
]


@pytest.fixture
def worker(committed_academy):
    """A worker process on this run's own queue and database."""
    at = connection.settings_dict
    url = f"postgres://{at['USER']}:{quote(at['PASSWORD'])}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "lyceum.celery", "worker", "-P", "prefork", "-c", "1", "-Q", QUEUE,
         "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "DJANGO_SETTINGS_MODULE": "lyceum.settings",
             "SECRET_KEY": "worker-of-a-test", "DATABASE_URL": url, "BROKER_URL": BROKER, "DEMO": "0"},
    )  # fmt: skip
    output = []
    for line in process.stdout:
        output.append(line)
        if "ready." in line:
            break
    else:
        pytest.fail("the worker didn't start:\n" + "".join(output))
    yield process
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


def _send(name: str, *args: str, **headers: str) -> None:
    with current_app.connection_for_write(BROKER) as broker:
        current_app.send_task(name, args=args, headers=headers, queue=QUEUE, connection=broker)


def _message() -> Message:
    # Its listener finds nobody of that key, so it is delivered as soon as it is seen.
    moment = clock.now()
    payload = {"person_id": str(uuid4()), "asked_at": moment.isoformat()}
    return Message.objects.create(name="fact:EmailUnverified", payload=payload, created_at=moment, due_at=moment)


def _delivered(message: Message, seconds: float = 15) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        message.refresh_from_db()
        if message.delivered_at:
            return True
        time.sleep(0.05)
    return False


def test_a_task_works_in_the_academy_of_its_message(committed_academy, worker):
    ours, lost = _message(), _message()

    _send("outbox.deliver", str(lost.pk), academy="north")
    _send("outbox.deliver", str(lost.pk), academy="public")
    _send("outbox.deliver", str(lost.pk), academy="nowhere")
    _send("outbox.deliver", str(ours.pk))

    assert _delivered(ours)
    lost.refresh_from_db()
    assert lost.delivered_at is None
