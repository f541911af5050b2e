from celery import shared_task

from academies.kernel import clock
from commerce.learning import actions


@shared_task(name="learning.close_overdue")
def close_overdue() -> None:
    actions.close_overdue_attempts(now=clock.now())
