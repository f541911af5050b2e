"""The data of the header and footer of every page: name, logo, colours and main links. Cached until it changes."""

from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from academies.tenants import cache_version
from academies.tenants import queries as tenants
from catalog.courses.models import CourseIndexPage
from catalog.events.models import EventIndexPage
from catalog.library.models import Rendition
from catalog.library.queries import page_renditions
from catalog.library.rules import LOGO
from home.pages import colours
from home.pages.models import Brand

_KEY = "site-frame-1"
_KEEP_SECONDS = 600


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Logo:
    url: str
    width: int
    height: int


@dataclass(frozen=True)
class SiteFrame:
    """The academy's data for base.html.

    version: changes with the style sheet, so that browsers may cache /brand.css for ever.
    """

    name: str
    tagline: str
    footer: str
    colour: str
    logo: Logo | None
    css: str
    version: str
    links: tuple[Link, ...]
    courses: Link
    events: Link


def site_frame() -> SiteFrame:
    """Return the site frame of the current academy; no query once warm."""
    cached = cache.get(_KEY)
    if cached is None:
        cached = _read()
        cache.set(_KEY, cached, _KEEP_SECONDS)
    return cached


def _read() -> SiteFrame:
    brand = Brand.objects.select_related("logo").first() or Brand()
    css = colours.stylesheet(colour=brand.colour, radius=brand.radius, fonts=brand.fonts)
    academy = tenants.current()
    return SiteFrame(
        name=brand.name or academy.name,
        tagline=brand.tagline,
        footer=brand.footer,
        colour=brand.colour,
        logo=_logo(brand),
        css=css,
        version=blake2b(css.encode(), digest_size=6).hexdigest(),
        links=_links(),
        courses=_link_to(CourseIndexPage),
        events=_link_to(EventIndexPage),
    )


def _logo(brand: Brand) -> Logo | None:
    """Return the logo if its rendition exists: a page without a logo is better than one that waits for it."""
    renditions = page_renditions(brand.logo, LOGO) if brand.logo else {}
    return next((Logo(rendition.url, rendition.width, rendition.height) for rendition in renditions.values()), None)


def _links() -> tuple[Link, ...]:
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is None:
        return ()
    pages = Page.objects.live().public().in_menu().child_of(site.root_page)
    return tuple(Link(page.title, page.get_url(current_site=site)) for page in pages)


def _link_to(kind: type[Page]) -> Link:
    """Return the first live page of a kind, or the home page."""
    page = kind.objects.live().first()
    return Link(page.title, page.get_url() or "/") if page else Link("Home", "/")


def forget(sender: Any = None, **_: Any) -> None:
    """Clear the cache, and make all cached pages stale: every page shows these links and colours."""
    cache.delete(_KEY)
    # Again after commit: another process may have cached the old rows in between.
    transaction.on_commit(partial(cache.delete, _KEY))
    cache_version.bump()


def _forget_logo(instance: Rendition, **_: Any) -> None:
    """Clear the cache when a logo's rendition is created or deleted."""
    if instance.filter_spec in LOGO.values():
        forget()


def listen() -> None:
    """Connect the signals of everything the site frame shows."""
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(forget, dispatch_uid=f"chrome-{id(signal)}")
    for model in (Brand, Site):
        post_save.connect(forget, sender=model, dispatch_uid=f"chrome-save-{model.__name__}")
    post_delete.connect(forget, sender=Page, dispatch_uid="chrome-delete")
    for signal in (post_save, post_delete):
        signal.connect(_forget_logo, sender=Rendition, dispatch_uid=f"chrome-logo-{id(signal)}")
