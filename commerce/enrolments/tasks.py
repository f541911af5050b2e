"""Periodic tasks of enrolments."""

from celery import shared_task

from academies.kernel import clock
from commerce.enrolments import actions


@shared_task(name="enrolments.release_holds")
def release_holds() -> None:
    actions.release_holds(now=clock.now())


@shared_task(name="enrolments.expire_access")
def expire_access() -> None:
    actions.expire_access(now=clock.now())
