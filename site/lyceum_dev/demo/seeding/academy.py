"""Creates one academy of the demo with its content."""

import functools
import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.management import call_command
from wagtail.models import Site

from academies.journal import actions as journal
from academies.journal.models import Entry
from academies.outbox import actions as outbox
from academies.people.models import User
from academies.tenants import actions as tenants
from academies.tenants import cache_version, queries
from academies.tenants.context import inside
from academies.tenants.models import Academy
from home.pages.actions import create_default_site
from home.pages.models import HomePage
from lyceum_dev.demo import loader
from lyceum_dev.demo.seeding import courses, events, pages, people, sales

Say = Callable[[str], None]
DONE = "demo.planted"


def needs_seeding(schema: str) -> bool:
    """Return whether an academy is missing or wasn't completed with the current content."""
    try:
        queries.academy_in(schema)
    except Academy.DoesNotExist:
        return True
    with inside(schema):
        return not Entry.objects.filter(verb=DONE, details__fingerprint=loader.fingerprint()).exists()


def seed(schema: str, *, now: datetime, say: Say) -> None:
    """Create the academy if needed, then everything of its content that is missing."""
    content = loader.load(schema)
    fields = {name: getattr(content.academy, name) for name in content.academy.__dataclass_fields__}
    _step(say, f"{content.academy.name}", lambda: tenants.provision(spec=tenants.AcademySpec(**fields)))
    with inside(schema):
        _step(say, "people and their roles", lambda: people.seed(content.people))
        editor = _editor(content)
        _step(say, "brand, pages and pictures", lambda: pages.seed(content, editor))
        _step(say, "categories, instructors, venues", lambda: people.seed_snippets(content, editor))
        for course in content.courses:
            _step(say, f"course: {course.title}", functools.partial(courses.seed, course, schema, editor))
        for event in content.events:
            _step(say, f"event: {event.title}", functools.partial(events.seed, event, schema, editor, now))
        _step(say, "plans and coupons", lambda: sales.seed(content))
        # Create renditions and run other deferred work now, before anybody visits.
        _step(say, "sizes of pictures", outbox.drain)
        _step(say, "search index", lambda: call_command("rebuild_modelsearch_index", verbosity=0))
        journal.record(DONE, of=HomePage.objects.get(), at=now, fingerprint=loader.fingerprint())
        cache_version.bump()


def update_port(schema: str) -> bool:
    """Update the port of the academy's Site, which links are made from. Returns whether it has changed."""
    with inside(schema) as academy:
        if str(Site.objects.get().port) == (settings.PUBLIC_PORT or "80"):
            return False
        create_default_site(academy=academy)
        pages.update_links(_editor(loader.load(schema)))
        cache_version.bump()
        return True


def move_past_events(schema: str, *, now: datetime) -> int:
    """Move dates that have passed to as far in the future as they were at first. Returns how many."""
    content = loader.load(schema)
    with inside(schema):
        return sum(events.move(event, _editor(content), now) for event in content.events)


def _editor(content: loader.Content) -> User:
    by_role = {person.role: person.email for person in content.people}
    return User.objects.get(email=by_role.get("Editor") or by_role["Owner"])


def _step(say: Say, name: str, work: Callable[[], object]) -> None:
    began = time.monotonic()
    work()
    say(f"{name} ({time.monotonic() - began:.1f} s)")
