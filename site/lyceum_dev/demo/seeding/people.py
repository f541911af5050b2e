"""Creates the demo's accounts, and its categories, instructors and venues."""

import functools
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from academies.people.actions import give_role
from academies.people.models import User
from catalog.courses.models import Category, Instructor
from catalog.events.models import Venue
from lyceum_dev.demo import loader, prose
from lyceum_dev.demo.seeding import library

PASSWORD = "lyceum-demo-1"


@functools.cache
def _encoded() -> str:
    """Return the hash of the demo's password, computed once."""
    return make_password(PASSWORD)


def seed(people: Iterable[loader.Person]) -> None:
    for person in people:
        _seed_person(person)


@transaction.atomic
def _seed_person(content: loader.Person) -> None:
    person = User.objects.filter(email=content.email).first() or User(email=content.email)
    if not person.password or not person.has_usable_password():
        # The owner is created with the academy, without a password. Changed passwords are kept.
        person.password, person.full_name = _encoded(), content.full_name
        person.save()
    give_role(person=person, role=content.role)
    EmailAddress.objects.get_or_create(user=person, email=content.email, defaults={"verified": True, "primary": True})


def seed_snippets(content: loader.Content, editor: User) -> None:
    for category in content.categories:
        Category.objects.get_or_create(
            slug=category.slug, defaults={"name": category.name, "description": category.description}
        )
    for instructor in content.instructors:
        if not Instructor.objects.filter(slug=instructor.slug).exists():
            _seed_instructor(instructor, content.academy.schema, editor)
    for venue in content.venues:
        if not Venue.objects.filter(slug=venue.slug).exists():
            _publish(Venue(**{name: getattr(venue, name) for name in venue.__dataclass_fields__}), editor)


def _seed_instructor(content: loader.Instructor, schema: str, editor: User) -> None:
    _publish(
        Instructor(
            slug=content.slug,
            name=content.name,
            role=content.role,
            biography=prose.html(content.biography),
            portrait=library.picture(content.portrait, f"Portrait: {content.name}", schema, editor),
            account=User.objects.filter(email=content.account).first(),
        ),
        editor,
    )


@transaction.atomic
def _publish(snippet: Instructor | Venue, editor: User) -> None:
    snippet.live = False
    snippet.save()
    snippet.save_revision(user=editor).publish(user=editor)
