"""The worker and the clock watch each other, each in a thread of its main process."""

import logging
import threading
import time

from celery.beat import PersistentScheduler
from celery.signals import beat_init, worker_ready
from django.db import close_old_connections, connections
from django_tenants.utils import get_public_schema_name, schema_context

from academies.kernel import clock
from lyceum.operations import actions, queries

logger = logging.getLogger(__name__)

EVERY_SECONDS = 30.0


class Scheduler(PersistentScheduler):
    """Celery's scheduler, which sends no tasks for academies while the worker is silent: they would only pile up.

    The worker's heartbeat task is always sent; when it has run, the others are sent again.
    """

    _checked_at = float("-inf")
    _worker_is_silent = False

    def apply_async(self, entry, producer=None, advance=True, **kwargs):
        if entry.task == "tenants.fan_out" and self._is_worker_silent():
            return None
        return super().apply_async(entry, producer=producer, advance=advance, **kwargs)

    def _is_worker_silent(self) -> bool:
        if time.monotonic() - self._checked_at > EVERY_SECONDS / 3:
            self._checked_at = time.monotonic()
            # This thread handles no requests, so nothing else closes a connection that is broken.
            close_old_connections()
            try:
                self._worker_is_silent = queries.silent(now=clock.now())["worker"].startswith("silent")
            except Exception:
                logger.exception("the worker's heartbeat can't be read, so ticks are sent")
                self._worker_is_silent = False
        return self._worker_is_silent


def connect() -> None:
    worker_ready.connect(_watch_from_worker, weak=False, dispatch_uid="operations.watch")
    beat_init.connect(_watch_from_clock, weak=False, dispatch_uid="operations.watch")


def _watch_from_worker(**_: object) -> None:
    _start(heartbeat=None)


def _watch_from_clock(**_: object) -> None:
    _start(heartbeat="clock")


def _start(*, heartbeat: str | None) -> None:
    threading.Thread(target=_watch, args=(heartbeat,), name="watch", daemon=True).start()


def _watch(heartbeat: str | None) -> None:
    while True:
        check(heartbeat)
        time.sleep(EVERY_SECONDS)


def check(heartbeat: str | None) -> None:
    """Write the heartbeat and raise alarms. Errors are logged, and it runs again next time."""
    try:
        with schema_context(get_public_schema_name()):
            if heartbeat:
                actions.note_heartbeat(name=heartbeat, now=clock.now())
            actions.raise_alarms(now=clock.now())
    except Exception:
        logger.exception("the watch failed")
    finally:
        connections.close_all()
