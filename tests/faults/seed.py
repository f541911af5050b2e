"""The academies of the deployment: run as `python -m tests.faults.seed RUN` on its servers, prints JSON.

The schemas are built once for each version of the migrations and cloned for a run; content and people are new.
"""

import json
import sys
import uuid
from datetime import timedelta
from typing import Any

import lyceum  # noqa: F401

# A word that stands in an academy's pages and people, and may be seen nowhere else.
CANARY = {"north": "canarynorth", "south": "canarysouth"}
BUYERS = 100
# Tests spend seats and never run out of them.
SEATS = 5000


def main(name: str) -> None:
    import django

    django.setup()
    from tests.conftest import base_mark
    from tests.fixtures.database import build, connect_to_server

    with connect_to_server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
    build(base=f"faults_{base_mark()}_base", name=name)
    _name_static_files()
    sys.stdout.write(json.dumps({schema: _plant(schema) for schema in ("north", "south")}))


def _name_static_files() -> None:
    """Write the list that pages find style sheets by. Collecting the files themselves takes a minute, and nobody looks."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    names = {name: name for finder in finders.get_finders() for name, _ in finder.list([])}
    manifest = {"paths": names, "version": "1.1", "hash": ""}
    (settings.STATIC_ROOT / "staticfiles.json").write_text(json.dumps(manifest))


def _plant(schema: str) -> dict[str, Any]:
    from academies.tenants import cache_version
    from academies.tenants.context import inside

    with inside(schema):
        people = _people(schema)
        report = {**_content(schema), **_film(people[-1]), "people": people, "finance": _finance(schema)}
        _connect(schema)
        cache_version.bump()
    return report


def _content(schema: str) -> dict[str, Any]:
    from academies.kernel import clock
    from catalog.events.models import EventIndexPage, EventPage
    from catalog.offerings.models import Offering
    from commerce.plans.models import Plan
    from tests.fixtures import lesson_factory

    course = lesson_factory.course("Sourdough", description=f"<p>{CANARY[schema]}</p>")
    plan = Plan.objects.create(title=course.title, slug=course.slug, price_minor=4900)
    plan.courses.set([course])
    plan.save()
    event = EventIndexPage.objects.get().add_child(
        instance=EventPage(title="Open oven", summary=f"Come to {CANARY[schema]}.")
    )
    starts_at = clock.now() + timedelta(days=14)
    dates = [
        Offering.objects.create(
            page=event,
            title=title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            seats=SEATS,
            price_minor=price,
        )
        for title, price in (("Paid", 3500), ("Free", 0), ("Second", 3500))
    ]
    paid, free, second = (str(date.pk) for date in dates)
    return {
        "course": course.get_url(),
        "event": event.get_url(),
        "plan": plan.slug,
        "paid": paid,
        "free": free,
        "second": second,
    }


def _film(viewer: dict[str, str]) -> dict[str, Any]:
    """Put a film into a course, and somebody in front of it."""
    from academies.people.models import User
    from tests.fixtures import lesson_factory

    course = lesson_factory.course("Film", lessons=(lesson_factory.VIDEO,))
    lesson_factory.enrolled(User.objects.get(pk=viewer["id"]), course)
    return {"film": lesson_factory.lessons_of(course)[0].pk, "viewer": viewer["token"]}


def _people(schema: str) -> list[dict[str, str]]:
    from academies.kernel import clock
    from academies.people import actions, tokens
    from academies.people.models import SignIn, User

    now, run = clock.now(), uuid.uuid4().hex[:8]
    people = [
        User(email=f"{run}-{n}@{schema}.example", full_name=f"Bo {CANARY[schema]}", password="!") for n in range(BUYERS)
    ]
    User.objects.bulk_create(people)
    for person in people:
        actions.give_role(person=person, role="Learner")
    sign_ins = SignIn.objects.bulk_create(
        SignIn(person=person, user_agent="faults", created_at=now, last_used_at=now) for person in people
    )
    return [
        {
            "id": str(sign_in.person_id),
            "token": tokens.issue(person_id=sign_in.person_id, sign_in_id=sign_in.pk, academy=schema, now=now),
        }
        for sign_in in sign_ins
    ]


def _finance(schema: str) -> str:
    """Sign somebody of Finance in by browser. Returns the key of the session."""
    from django.test import Client

    from academies.people import actions
    from academies.people.models import User

    person = User.objects.create(email=f"finance@{schema}.example", full_name="Fi Nance", password="!")
    actions.give_role(person=person, role="Finance")
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


def _connect(schema: str) -> None:
    from academies.kernel import clock
    from lyceum.management.commands.connect_payments import connect

    connect(schema, provider="stripe", key=f"sk_test_{schema}", now=clock.now())


if __name__ == "__main__":
    main(sys.argv[1])
