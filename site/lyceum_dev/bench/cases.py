"""What is measured over HTTP: each case is a server and its requests."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass

from lyceum_dev.bench import HOST
from lyceum_dev.bench.data import VIDEO_SECONDS, Measured

BASELINE = (
    "/bench/api/v2/pages/?type=courses.CoursePage&limit=20&fields=summary,level,effort,gives_certificate,cpd_credits,"
    "first_published_at,last_published_at,category,price,lessons,image_card,image_card_2x,image_wide,image_wide_2x,image_share"
)
# Seconds of video per progress report.
REPORT = 10


@dataclass(frozen=True)
class Kind:
    """A server: its WSGI application, settings module and extra environment variables."""

    application: str
    settings: str
    extra: tuple[tuple[str, str], ...] = ()


FLOOR = Kind("lyceum_dev.bench.wsgi:bare()", "lyceum_dev.bench.baseline_settings")
TENANT = Kind("lyceum_dev.bench.wsgi:tenant()", "lyceum.settings")
KEPT = Kind("lyceum.wsgi", "lyceum_dev.bench.settings")
FRESH = Kind("lyceum.wsgi", "lyceum_dev.bench.settings", (("PAGE_CACHE_SECONDS", "0"),))


@dataclass(frozen=True)
class Ask:
    method: str
    path: str
    body: str = ""
    token: str = ""

    def as_http(self) -> str:
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: {HOST}",
            "Accept: application/json",
            "Connection: close",
        ]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if self.method == "POST":
            lines += ["Content-Type: application/json", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", self.body])


@dataclass(frozen=True)
class Case:
    """asks: the requests, in order. once: send none twice.  expect: the status of every response."""

    key: str
    label: str
    kind: Kind
    asks: Iterator[Ask]
    once: bool = False
    expect: int = 200


def all_cases(measured: Measured) -> list[Case]:
    courses, listed = "/api/v2/courses/?limit=20", "/courses/"
    return [
        Case("floor", "bare Django view", FLOOR, _same("/bench/bare/")),
        Case("tenant", "the same inside the tenant middleware", TENANT, _same("/bench/bare/")),
        Case("course_kept", "course page, warm", KEPT, _same(measured.course_path)),
        Case("list_kept", "course list page, warm", KEPT, _same(listed)),
        Case("api_kept", "/api/v2/courses/, 20 items, warm", KEPT, _same(courses)),
        Case("course", "course page, nothing kept", FRESH, _same(measured.course_path)),
        Case("list", "course list page, nothing kept", FRESH, _same(listed)),
        Case("api", "/api/v2/courses/, 20 items, nothing kept", FRESH, _same(courses)),
        Case("baseline", "the same list by Wagtail's PagesAPIViewSet", FRESH, _same(BASELINE)),
        Case("progress", "lesson progress, POST", FRESH, _reports(measured), once=True),
        Case("checkout", "checkout of a free plan, POST", FRESH, _purchases(measured), once=True, expect=201),
    ]


def _same(path: str) -> Iterator[Ask]:
    return itertools.repeat(Ask("GET", path))


def _reports(measured: Measured) -> Iterator[Ask]:
    """Let each learner in turn report the next ten seconds."""
    path = f"/api/v1/lectures/{measured.video}/progress/"
    for start in range(0, VIDEO_SECONDS, REPORT):
        body = json.dumps({"watched": [[start, start + REPORT]], "position_seconds": start + REPORT})
        for learner in measured.learners:
            yield Ask("POST", path, body, learner.token)


def _purchases(measured: Measured) -> Iterator[Ask]:
    """Let each buyer check out each free plan once."""
    for plan in measured.free_plans:
        body = json.dumps({"items": [{"plan": plan}]})
        for buyer in measured.buyers:
            yield Ask("POST", "/api/v1/checkout/", body, buyer.token)
