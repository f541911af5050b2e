from celery import shared_task

from academies.kernel import clock
from academies.tenants.tasks import PlatformTask
from lyceum.operations import actions


@shared_task(base=PlatformTask, name="operations.heartbeat")
def heartbeat() -> None:
    """Runs in a child of the worker like any task, so it proves that tasks are executed."""
    actions.note_heartbeat(name="worker", now=clock.now())


@shared_task(name="operations.measure")
def measure() -> None:
    actions.measure(now=clock.now())


@shared_task(name="operations.check_integrity")
def check_integrity() -> None:
    actions.check_integrity(now=clock.now())
