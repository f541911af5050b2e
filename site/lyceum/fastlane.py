"""The fast lane: repeats finished answers that the edge keeps, before Django is woken.

It decides nothing. The edge says of an answer that it may be kept and until when; the lane keeps the bytes as they left
the house and gives them to the same question. When the academy's mark was not looked at within a fifth of a second it lets
the request through, and the edge looks; so it is never staler than the edge, and a closed academy is closed here too. It
forgets an answer when the registry has changed since: the host may be another academy's.
"""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from academies.tenants import freshness, queries
from lyceum.edge import Key, Shelf, is_personal
from lyceum.middleware import ACCEPTABLE

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Of the headers that change an answer, those that the edge's own key reads.
_QUESTION = ("HTTP_HOST", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT", "HTTP_ORIGIN",
             "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO")  # fmt: skip
# These are answered in the house: they ask for a part, or compare in another way.
_SLOW = ("HTTP_RANGE", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
_UNCHANGED = {"etag", "cache-control", "vary", "date", "expires", "content-location"}


class Finished:
    """One answer as it left the house, without its request id."""

    __slots__ = ("body", "etag", "headers", "mark", "registry", "schema", "status", "unchanged", "until")

    def __init__(self, answer: Any, schema: str, mark: str, registry: str | None):
        self.schema, self.mark, self.registry, self.until = schema, mark, registry, answer.kept_until
        self.body: bytes = answer.content
        self.status = f"{answer.status_code} {answer.reason_phrase}"
        kept = [(name, value) for name, value in answer.items() if name.lower() not in ("x-request-id", "x-cache")]
        self.headers = [*kept, ("X-Cache", "hit")]
        self.unchanged = [(name, value) for name, value in kept if name.lower() in _UNCHANGED]
        self.etag = answer.get("ETag", "")


class FastLane:
    def __init__(self, application: Wsgi):
        self.application = application
        self.shelf: Shelf[Finished] = Shelf()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or is_personal(environ, environ["PATH_INFO"]):
            return self.application(environ, start_response)
        for name in _SLOW:
            if name in environ:
                return self.application(environ, start_response)
        question = tuple([environ.get(name, "") for name in _QUESTION])
        finished = self.shelf.get(question)
        if finished is None:
            return self._ask(question, environ, start_response)
        if (
            finished.until <= time.time()
            or freshness.seen(finished.schema) != finished.mark
            or queries.seen_mark() != finished.registry
        ):
            self.shelf.drop(question)
            return self._ask(question, environ, start_response)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        own_id = ("X-Request-ID", given if given and ACCEPTABLE.match(given) else os.urandom(16).hex())
        compared = environ.get("HTTP_IF_NONE_MATCH")
        if compared is None:
            start_response(finished.status, [*finished.headers, own_id])
            return [finished.body]
        if compared != finished.etag:
            return self.application(environ, start_response)
        start_response("304 Not Modified", [*finished.unchanged, own_id])
        return []

    def _ask(self, question: Key, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Read first: what changes while the answer is made must count as later.
        registry = queries.seen_mark()
        answer: Any = self.application(environ, start_response)
        kept = getattr(answer, "kept_under", None)
        # An answer to a comparison is no answer to the question.
        if kept is not None and answer.status_code == 200:
            self.shelf.put(question, Finished(answer, *kept, registry))
        return answer
