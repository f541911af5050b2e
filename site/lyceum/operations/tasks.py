from celery import shared_task

from academies.kernel import clock
from academies.tenants.tasks import PlatformTask
from lyceum.operations import actions


@shared_task(base=PlatformTask, name="operations.heartbeat")
def heartbeat() -> None:
    """Run by a child of the worker like any other task: proof that tasks are done, not only that a process lives."""
    actions.note_heartbeat(name="worker", now=clock.now())


@shared_task(name="operations.measure")
def measure() -> None:
    actions.measure(now=clock.now())


@shared_task(name="operations.check_integrity")
def check_integrity() -> None:
    actions.check_integrity(now=clock.now())
