from celery import shared_task

from academies.kernel import clock
from academies.people import actions


@shared_task(name="people.clear_sessions")
def clear_sessions() -> None:
    actions.clear_sessions(now=clock.now())
