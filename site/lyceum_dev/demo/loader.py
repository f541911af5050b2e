"""Reads the content files into dataclasses. Unknown and missing keys are errors."""

import functools
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "content"
SCHEMAS = ("platform", "north", "south")


@dataclass(frozen=True)
class Picture:
    """file: its name in the academy's folder `pictures`."""

    file: str
    alt: str


@dataclass(frozen=True)
class Person:
    email: str
    full_name: str
    role: str


@dataclass(frozen=True)
class Category:
    slug: str
    name: str
    description: str


@dataclass(frozen=True)
class Instructor:
    slug: str
    name: str
    role: str
    portrait: Picture
    biography: str
    account: str = ""


@dataclass(frozen=True)
class Venue:
    slug: str
    name: str
    address: str
    city: str
    country: str
    time_zone: str
    getting_there: str
    accessibility: str


@dataclass(frozen=True)
class Plan:
    slug: str
    title: str
    description: str
    price_minor: int
    interval: str = "once"
    all_courses: bool = False
    courses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coupon:
    code: str
    percent: int


@dataclass(frozen=True)
class Lesson:
    """content: the keys of its kind, as `seeding.activities` reads them."""

    title: str
    kind: str
    minutes: int
    free_preview: bool
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    title: str
    summary: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class Course:
    """terms: fields of the page that are copied unchanged."""

    slug: str
    title: str
    category: str
    picture: Picture
    instructors: tuple[str, ...]
    outcomes: tuple[str, ...]
    description: str
    faq: tuple[Mapping[str, str], ...]
    sections: tuple[Section, ...]
    terms: Mapping[str, Any]


@dataclass(frozen=True)
class Offering:
    """A date relative to the day of seeding. at: local time.  weekday: move on to that day of the week, Monday is 0."""

    days: int
    at: str
    minutes: int
    seats: int | None = None
    waiting_list: bool = False
    price_minor: int = 0
    cpd_minutes: int = 0
    title: str = ""
    weekday: int | None = None


@dataclass(frozen=True)
class Event:
    slug: str
    title: str
    summary: str
    category: str
    picture: Picture
    speakers: tuple[str, ...]
    description: str
    joining_instructions: str
    offerings: tuple[Offering, ...]
    refund_policy: str = ""
    full_refund_days: int | None = None
    attendance: str = "in_person"
    venue: str = ""
    agenda: str = ""


@dataclass(frozen=True)
class Academy:
    """Its owner is one of the people, who have passwords, so no invitation is emailed."""

    schema: str
    name: str
    hosts: tuple[str, ...]
    currency: str
    time_zone: str


@dataclass(frozen=True)
class Content:
    """The initial content of one academy. home, about: fields of the page, and its body as a list of blocks."""

    academy: Academy
    brand: Mapping[str, Any]
    people: tuple[Person, ...]
    categories: tuple[Category, ...]
    instructors: tuple[Instructor, ...]
    venues: tuple[Venue, ...]
    plans: tuple[Plan, ...]
    coupons: tuple[Coupon, ...]
    home: Mapping[str, Any]
    about: Mapping[str, Any]
    courses: tuple[Course, ...] = field(default_factory=tuple)
    events: tuple[Event, ...] = field(default_factory=tuple)


def load(schema: str) -> Content:
    """Read the content of one academy. Raises TypeError or KeyError for files that don't match the dataclasses."""
    folder = FOLDER / schema
    raw = _read(folder / "academy.toml")
    events = folder / "events.toml"
    return Content(
        academy=Academy(**_frozen(raw["academy"])),
        brand=raw["brand"],
        people=_all(Person, raw["people"]),
        categories=_all(Category, raw["categories"]),
        instructors=tuple(Instructor(**{**row, "portrait": picture(row["portrait"])}) for row in raw["instructors"]),
        venues=_all(Venue, raw.get("venues", [])),
        plans=_all(Plan, raw.get("plans", [])),
        coupons=_all(Coupon, raw.get("coupons", [])),
        home=raw["home"],
        about=raw["about"],
        courses=tuple(_course(_read(file)) for file in sorted((folder / "courses").glob("*.toml"))),
        events=tuple(_event(row) for row in _read(events)["events"]) if events.exists() else (),
    )


def picture(raw: Mapping[str, Any]) -> Picture:
    return Picture(**_frozen(raw))


def read_file(schema: str, folder: str, name: str) -> bytes:
    """Return a picture, video or sheet of an academy. folder: `pictures`, `videos` or `sheets`."""
    return (FOLDER / schema / folder / name).read_bytes()


@functools.cache
def fingerprint() -> str:
    """Return a hash of all content files, which is stored when seeding is complete."""
    digest = hashlib.sha256()
    for file in sorted(FOLDER.rglob("*.toml")):
        digest.update(file.relative_to(FOLDER).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _read(file: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        return tomllib.load(opened)


def _frozen(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}


def _all(shape: type, rows: Iterable[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(shape(**_frozen(row)) for row in rows)


_TERMS = (
    "summary", "level", "effort", "audience", "prerequisites", "refund_policy",
    "completion_rule", "certificate_hours", "cpd_credits",
)  # fmt: skip


def _course(raw: dict[str, Any]) -> Course:
    terms = {name: raw.pop(name) for name in _TERMS if name in raw}
    sections = tuple(
        Section(section["title"], section["summary"], tuple(_lesson(dict(lesson)) for lesson in section["lessons"]))
        for section in raw.pop("sections")
    )
    faq = tuple(raw.pop("faq", ()))
    return Course(**_frozen({**raw, "picture": picture(raw["picture"])}), sections=sections, faq=faq, terms=terms)


def _lesson(raw: dict[str, Any]) -> Lesson:
    title, kind, minutes = raw.pop("title"), raw.pop("kind"), raw.pop("minutes")
    return Lesson(title, kind, minutes, raw.pop("free_preview", False), raw)


def _event(raw: dict[str, Any]) -> Event:
    offerings = _all(Offering, raw.pop("offerings"))
    return Event(**_frozen({**raw, "picture": picture(raw["picture"])}), offerings=offerings)
