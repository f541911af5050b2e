"""Clock doors of the registry: work that visits every academy."""

from typing import Any

from celery import Task, current_app, shared_task

from academies.tenants import queries


class PlatformTask(Task):
    """A task that belongs to no academy and runs in `public`."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(*args, **kwargs)


@shared_task(base=PlatformTask, name="tenants.fan_out")
def fan_out(task: str) -> int:
    """Send one message of a task to every academy; the beat's entries are all of this kind."""
    schemas = queries.live_schemas()
    for schema in schemas:
        current_app.send_task(task, headers={"academy": schema})
    return len(schemas)
