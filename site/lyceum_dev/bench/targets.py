"""The targets: whether the measurements reach them, and by how much they miss."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Results:
    """per_second: by case and number of workers.  cpu_ms: by case, per request.  queries: by case.

    middleware_ms: added by the tenant middleware to a request.  certificates: per second and core.  provision_seconds:
    median of several.
    """

    per_second: Mapping[tuple[str, int], float]
    cpu_ms: Mapping[str, float | None]
    queries: Mapping[str, int]
    database_ms: Mapping[str, float]
    middleware_ms: float
    certificates: float
    provision_seconds: float


@dataclass(frozen=True)
class Bar:
    """value and bound have the same unit. at_least: whether more is better."""

    label: str
    value: float
    bound: float
    unit: str
    at_least: bool
    case: str = ""

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def missed_by(self) -> float:
        """Return how far the value is from its bound, as a share of the bound; 0 when it holds."""
        return 0.0 if self.holds else abs(self.value - self.bound) / self.bound if self.bound else abs(self.value)


def bars(results: Results) -> list[Bar]:
    def share(case: str, of: str) -> float:
        below = results.per_second[(of, 1)]
        return results.per_second[(case, 1)] / below if below else 0.0

    posts = max(results.per_second[("progress", workers)] for workers in (1, 2))
    return [
        Bar("the tenant middleware costs at most 0.1 ms", results.middleware_ms, 0.1, "ms", False),
        Bar("and no query", results.queries["tenant"], 0, "queries", False),
        Bar("a warm course page: 80 % of the floor", 100 * share("course_kept", "floor"), 80, "%", True, "course_kept"),
        Bar("a warm /api/v2/courses/: 80 % of the floor", 100 * share("api_kept", "floor"), 80, "%", True, "api_kept"),
        Bar(
            "a course page, nothing kept: at most 12 queries", results.queries["course"], 12, "queries", False, "course"
        ),
        Bar("/api/v2/courses/, nothing kept: at most 5 queries", results.queries["api"], 5, "queries", False, "api"),
        Bar("and 5 times the baseline", share("api", "baseline"), 5, "times", True, "api"),
        Bar("warm, 25 times the baseline", share("api_kept", "baseline"), 25, "times", True, "api_kept"),
        Bar("lesson progress: 400 posts a second", posts, 400, "a second", True, "progress"),
        Bar("certificates: 100 a second and core", results.certificates, 100, "a second", True),
        Bar("a new academy is live in 2 seconds", results.provision_seconds, 2, "s", False),
    ]
