"""Creates brand, home page and "About"."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.rich_text import RichText

from academies.people.models import User
from catalog.courses.models import CourseIndexPage
from catalog.events.models import EventIndexPage
from home.pages.models import Brand, HomePage, StandardPage
from lyceum_dev.demo import loader, prose
from lyceum_dev.demo.seeding import library
from lyceum_dev.demo.seeding.courses import publish

# A link to another academy of the demo in content files.
_ORIGIN = re.compile(r"origin:(\w+)")
_PORT = re.compile(r"(http://\w+\.localhost:)\d+")


def seed(content: loader.Content, editor: User) -> None:
    home = HomePage.objects.get()
    if not home.body:
        _brand(content.brand)
        _home(home, content, editor)
        _lists(content.home["lists"], editor)
    if not StandardPage.objects.filter(slug=content.about["slug"]).exists():
        _about(home, content, editor)


def _brand(look: Mapping[str, Any]) -> None:
    brand = Brand.load()
    for name, value in look.items():
        setattr(brand, name, value)
    brand.full_clean()
    brand.save()


@transaction.atomic
def _home(home: HomePage, content: loader.Content, editor: User) -> None:
    schema, words = content.academy.schema, content.home
    home.title, home.headline, home.introduction = words["title"], words["headline"], words["introduction"]
    home.search_description = words["introduction"]
    picture = loader.picture(words["picture"])
    home.picture = library.picture(picture, f"Home: {home.title}", schema, editor)
    home.body = _body(words["body"], schema, editor)
    home.save_revision(user=editor, log_action=True).publish(user=editor)


@transaction.atomic
def _lists(words: Mapping[str, str], editor: User) -> None:
    """Set the introductions of the course and event indexes, which are also their search descriptions."""
    for page, name in ((CourseIndexPage.objects.get(), "courses"), (EventIndexPage.objects.get(), "events")):
        page.introduction = page.search_description = words[name]
        page.save_revision(user=editor, log_action=True).publish(user=editor)


@transaction.atomic
def _about(home: HomePage, content: loader.Content, editor: User) -> None:
    words = content.about
    page = StandardPage(
        title=words["title"],
        slug=words["slug"],
        introduction=words["introduction"],
        body=_body(words["body"], content.academy.schema, editor),
        search_description=words["introduction"],
        show_in_menus=True,
    )
    publish(page, home, editor)


def _body(blocks: Iterable[Mapping[str, Any]], schema: str, editor: User) -> list[tuple[str, Any]]:
    return [(block["type"], _value(block, schema, editor)) for block in blocks]


def _value(block: Mapping[str, Any], schema: str, editor: User) -> dict[str, Any]:
    value = {name: part for name, part in block.items() if name != "type"}
    if block["type"] == "text":
        value["text"] = _linked(prose.html(block["text"]))
    if block["type"] == "picture":
        picture = loader.picture(block["picture"])
        value["picture"] = library.picture(picture, f"Page: {block['caption'][:60]}", schema, editor)
        value["picture"].contextual_alt_text = picture.alt
        value["picture"].decorative = False
    return value


def _linked(html: str) -> str:
    return _ORIGIN.sub(lambda match: f"http://{loader.load(match[1]).academy.hosts[0]}:{settings.PUBLIC_PORT}/", html)


def update_links(editor: User) -> None:
    """Update the port in links between the demo's academies."""
    home = HomePage.objects.get()
    changed = False
    for block in home.body:
        if block.block_type == "text":
            before = block.value["text"].source
            after = _PORT.sub(rf"\g<1>{settings.PUBLIC_PORT}", before)
            block.value["text"], changed = RichText(after), changed or before != after
    if changed:
        home.save_revision(user=editor, log_action=True).publish(user=editor)
