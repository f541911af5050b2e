"""Send tasks to the worker by priority, without delaying the sender.

Three queues, of which the worker empties the first before the next: `urgent` (somebody is waiting: emails, refunds,
payments), `default`, and `sweeps` (periodic tasks).

An unresponsive broker delays a request once by a fraction of a second, and then no request for some seconds. A task only
wakes the worker up: the work is a row of the outbox or the inbox, and their sweeps find what wasn't sent.
"""

import logging
from functools import lru_cache
from typing import Any

from celery import Celery, current_app
from kombu import Connection
from kombu.exceptions import KombuError
from kombu.pools import ProducerPool, producers

from academies.kernel.breaker import Breaker

logger = logging.getLogger(__name__)

URGENT, DEFAULT, SWEEPS = "urgent", "default", "sweeps"
# Timeout for connecting and for each reply. On the same network a broker replies within a millisecond.
_SECONDS = 0.2

breaker = Breaker("broker", failures=1, pause=5)


def send(task: str, *args: Any, queue: str, academy: str | None = None, expires: float | None = None) -> bool:
    """Send a task to the worker. Returns False if the broker doesn't accept it at once.

    academy: its schema; None for the current one.  expires: seconds after which the worker discards the task.
    """
    if not breaker.admits():
        return False
    headers = {"academy": academy} if academy else {}
    try:
        with producer_pool(current_app._get_current_object()).acquire(block=True, timeout=_SECONDS) as producer:
            current_app.send_task(
                task, args=args, headers=headers, queue=queue, expires=expires, producer=producer, retry=False
            )
    except (KombuError, OSError) as error:
        breaker.failed()
        logger.warning("the broker did not take %s: %s", task, error)
        return False
    breaker.succeeded()
    return True


@lru_cache(maxsize=4)
def producer_pool(app: Celery) -> ProducerPool:
    connection: Connection = app.connection_for_write()
    connection.transport_options = {
        **(connection.transport_options or {}),
        # redis://
        "socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS,
        # amqp://
        "connect_timeout": _SECONDS, "read_timeout": _SECONDS, "write_timeout": _SECONDS,
        "max_retries": 0,
    }  # fmt: skip
    return producers[connection]
