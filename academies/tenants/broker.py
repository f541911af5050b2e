"""Sending tasks to the worker, in the order in which they matter, and never at the expense of the one who sends.

Three queues, and the worker empties the first before it looks at the next: `urgent` (what somebody waits for: emails, refunds,
payments), `default`, and `sweeps` (what the clock sends).

A broker that is frozen or gone costs a request a fraction of a second once, and nothing for the next few seconds. What is
sent is only a wake-up call: the truth is a row of the outbox or the inbox, and their sweeps find what was not sent.
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
# For connecting and for each answer. In the same room a broker answers in a millisecond.
_SECONDS = 0.2

breaker = Breaker("broker", failures=1, pause=5)


def send(task: str, *args: Any, queue: str, academy: str | None = None, expires: float | None = None) -> bool:
    """Send a task to the worker, if the broker takes it at once. Returns whether it did.

    academy: its schema; None is the current one.  expires: seconds after which the worker throws it away.
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
