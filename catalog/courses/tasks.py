"""Clock doors of content: pages and snippets go live, and off, when their editors said."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="courses.publish_scheduled")
def publish_scheduled() -> None:
    call_command("publish_scheduled", verbosity=0)
