"""Full-text search that no words can break. Pages and APIs call the same functions."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from wagtail.search.backends import get_search_backend

AnyModel = TypeVar("AnyModel", bound=Model)

MAX_QUERY_LENGTH = 200


def search(
    rows: QuerySet[AnyModel], text: str, *, operator: str | None = None, by_relevance: bool = True
) -> QuerySet[AnyModel]:
    """Narrow rows to those that match the words, best match first by default. Adds no query.

    operator: "and" or "or"; the backend's default when None.
    """
    words = _words(text)
    if not words:
        return rows.none()
    matches = get_search_backend().search(words, rows.model, operator=operator, order_by_relevance=by_relevance)
    return _restrict(matches.get_queryset(), rows)


def autocomplete(rows: QuerySet[AnyModel], text: str) -> QuerySet[AnyModel]:
    """Narrow rows to those whose title has a word that starts like the last of these words. Adds no query."""
    words = _words(text)
    if not words:
        return rows.none()
    return _restrict(get_search_backend().autocomplete(words, rows.model).get_queryset(), rows)


def _restrict(matches: QuerySet[AnyModel], rows: QuerySet[AnyModel]) -> QuerySet[AnyModel]:
    # Filtered after the search: the backend reads the conditions of the queryset it searches, and understands only
    # simple ones on fields that the model declares as FilterField.
    return matches.filter(pk__in=rows.order_by().values("pk"))


def _words(text: str) -> str:
    """Return the words to search for: empty if they contain no letter and no digit."""
    words = text.replace("\0", " ")[:MAX_QUERY_LENGTH].strip()
    return words if any(character.isalnum() for character in words) else ""
