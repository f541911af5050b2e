"""Which pages a visitor may see. Views, templates and APIs ask the same functions."""

from typing import Any, TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from wagtail.models import Page, PageViewRestriction

AnyPage = TypeVar("AnyPage", bound=Page)


def public(pages: QuerySet[AnyPage]) -> QuerySet[AnyPage]:
    """Narrow pages to those that are live and private neither themselves nor by a page above them. Adds no query."""
    return pages.filter(~Exists(_above()), live=True)


def _above() -> QuerySet[PageViewRestriction]:
    """The restrictions on a page of an outer query, and on the pages above it."""
    below = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    return PageViewRestriction.objects.annotate(below=below).filter(below__startswith=F("page__path"))


def visible_to(pages: QuerySet[AnyPage], person: Any) -> QuerySet[AnyPage]:
    """Narrow pages to the live ones that a person may see: `public`, and those restricted to them. Adds no query."""
    return open_to(pages, person).filter(live=True)


def open_to(pages: QuerySet[AnyPage], person: Any) -> QuerySet[AnyPage]:
    """Narrow pages, drafts among them, to those that no view restriction keeps from a person. Adds no query.

    Pages behind a password are left out: only a browser's session knows who entered it.
    """
    allowed = Q(pk__in=[])
    if getattr(person, "is_authenticated", False):
        groups = person.groups.values("pk")
        allowed = Q(restriction_type=PageViewRestriction.LOGIN) | Q(
            restriction_type=PageViewRestriction.GROUPS, groups__in=groups
        )
    return pages.filter(~Exists(_above().exclude(pk__in=PageViewRestriction.objects.filter(allowed).values("pk"))))
