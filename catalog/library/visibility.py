"""What strangers may know of. Pages, HTML and API ask the same functions."""

from typing import Any, TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, F, Model, OuterRef, Q, QuerySet
from wagtail.models import Page, PageViewRestriction
from wagtail.search.backends import get_search_backend

AnyPage = TypeVar("AnyPage", bound=Page)
AnyModel = TypeVar("AnyModel", bound=Model)

LONGEST_SEARCH = 200


def public(pages: QuerySet[AnyPage]) -> QuerySet[AnyPage]:
    """Narrow pages to those that are live and private neither themselves nor by a page above them. Adds no query."""
    return pages.filter(~Exists(_above()), live=True)


def _above() -> QuerySet[PageViewRestriction]:
    """The restrictions on a page of an outer query, and on the pages above it."""
    below = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    return PageViewRestriction.objects.annotate(below=below).filter(below__startswith=F("page__path"))


def seen_by(pages: QuerySet[AnyPage], person: Any) -> QuerySet[AnyPage]:
    """Narrow pages to those that are live and that a person may see: `public`, and what opens for them. Adds no query."""
    return open_to(pages, person).filter(live=True)


def open_to(pages: QuerySet[AnyPage], person: Any) -> QuerySet[AnyPage]:
    """Narrow pages, drafts among them, to those that no view restriction keeps from a person. Adds no query.

    A page behind a password stays out: whoever typed it is known to their browser's session only.
    """
    opened = Q(pk__in=[])
    if getattr(person, "is_authenticated", False):
        groups = person.groups.values("pk")
        opened = Q(restriction_type=PageViewRestriction.LOGIN) | Q(
            restriction_type=PageViewRestriction.GROUPS, groups__in=groups
        )
    return pages.filter(~Exists(_above().exclude(pk__in=PageViewRestriction.objects.filter(opened).values("pk"))))


def found(
    rows: QuerySet[AnyModel], text: str, *, operator: str | None = None, by_relevance: bool = True
) -> QuerySet[AnyModel]:
    """Narrow rows to those that hold the words, the best first unless told otherwise. Adds no query.

    operator: "and" or "or"; the backend's own default when None.
    """
    words = _words(text)
    if not words:
        return rows.none()
    told = get_search_backend().search(words, rows.model, operator=operator, order_by_relevance=by_relevance)
    return _among(rows, told.get_queryset())


def begun(rows: QuerySet[AnyModel], text: str) -> QuerySet[AnyModel]:
    """Narrow rows to those whose title has a word that begins like the last of these words. Adds no query."""
    words = _words(text)
    if not words:
        return rows.none()
    return _among(rows, get_search_backend().autocomplete(words, rows.model).get_queryset())


def _among(rows: QuerySet[AnyModel], told: QuerySet[AnyModel]) -> QuerySet[AnyModel]:
    # Narrowed behind the search: the backend reads the conditions of what it searches, and knows only simple ones on
    # fields that the model names as filters.
    return told.filter(pk__in=rows.order_by().values("pk"))


def _words(text: str) -> str:
    """Return what can be searched for: nothing when no sign of it is a letter or a digit."""
    words = text.replace("\0", " ")[:LONGEST_SEARCH].strip()
    return words if any(sign.isalnum() for sign in words) else ""
