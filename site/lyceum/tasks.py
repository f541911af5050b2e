from celery import shared_task

from academies.kernel import clock
from lyceum.api import idempotency


@shared_task(name="lyceum.purge_answers")
def purge_answers() -> None:
    idempotency.purge(now=clock.now())
