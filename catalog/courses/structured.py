"""What search engines read about a course: schema.org dictionaries. Pure: strings in, dictionaries out.

Source: schema.org Course, CourseInstance, Offer, BreadcrumbList, FAQPage, Organization; Google's "Course list" guide asks
for name, description and provider.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CONTEXT = "https://schema.org"
IN_STOCK, SOLD_OUT = f"{CONTEXT}/InStock", f"{CONTEXT}/SoldOut"

Ld = dict[str, Any]


@dataclass(frozen=True)
class Publisher:
    """The academy. logo: absolute, or empty."""

    name: str
    url: str
    logo: str = ""


@dataclass(frozen=True)
class Price:
    """One offer. amount: in the major unit, such as Decimal("49.00").  subscription: paid again and again."""

    amount: Decimal
    currency: str
    url: str
    name: str = ""
    subscription: bool = False
    available: bool = True
    opens_at: str = ""


@dataclass(frozen=True)
class CourseJsonLd:
    """minutes: of all lessons together; 0 when nothing is known.  images: absolute addresses."""

    name: str
    description: str
    url: str
    publisher: Publisher
    language: str = ""
    level: str = ""
    category: str = ""
    prerequisites: str = ""
    outcomes: Sequence[str] = ()
    images: Sequence[str] = ()
    instructors: Sequence[str] = ()
    minutes: int = 0
    credential: str = ""
    updated_at: str = ""
    offers: Sequence[Price] = ()


def without_blanks(data: Ld) -> Ld:
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


def duration(minutes: int) -> str:
    """Return an ISO 8601 duration, such as PT1H30M; empty for nothing."""
    hours, rest = divmod(minutes, 60)
    parts = (f"{hours}H" if hours else "") + (f"{rest}M" if rest else "")
    return f"PT{parts}" if parts else ""


def organization(publisher: Publisher) -> Ld:
    return without_blanks(
        {"@type": "Organization", "name": publisher.name, "url": publisher.url, "logo": publisher.logo}
    )


def offer(price: Price) -> Ld:
    return without_blanks(
        {
            "@type": "Offer",
            "name": price.name,
            "url": price.url,
            "price": str(price.amount),
            "priceCurrency": price.currency,
            "category": "Free" if not price.amount else "Subscription" if price.subscription else "Paid",
            "availability": IN_STOCK if price.available else SOLD_OUT,
            "validFrom": price.opens_at,
        }
    )


def course(facts: CourseJsonLd) -> Ld:
    return without_blanks(
        {
            "@context": CONTEXT,
            "@type": "Course",
            "@id": facts.url,
            "name": facts.name,
            "description": facts.description,
            "url": facts.url,
            "provider": organization(facts.publisher),
            "inLanguage": facts.language,
            "educationalLevel": facts.level,
            "about": facts.category,
            "coursePrerequisites": facts.prerequisites,
            "teaches": list(facts.outcomes),
            "image": list(facts.images),
            "dateModified": facts.updated_at,
            "educationalCredentialAwarded": facts.credential,
            "offers": [offer(price) for price in facts.offers],
            "hasCourseInstance": [_instance(facts)],
        }
    )


def _instance(facts: CourseJsonLd) -> Ld:
    return without_blanks(
        {
            "@type": "CourseInstance",
            "courseMode": "Online",
            "courseWorkload": duration(facts.minutes),
            "inLanguage": facts.language,
            "instructor": [{"@type": "Person", "name": name} for name in facts.instructors],
        }
    )


def crumbs(trail: Iterable[tuple[str, str]]) -> Ld:
    """Return the breadcrumbs. trail: name and absolute address, from the home page to the page itself."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": url}
            for place, (name, url) in enumerate(trail, start=1)
        ],
    }


def listed(addresses: Iterable[str]) -> Ld:
    """Return a list of pages, each described on its own page."""
    return {
        "@context": CONTEXT,
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "url": url} for place, url in enumerate(addresses, start=1)
        ],
    }


def questions(pairs: Iterable[tuple[str, str]]) -> Ld | None:
    """Return the questions and answers of a page, or None when it has none."""
    entries = [
        {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer}}
        for question, answer in pairs
    ]
    return {"@context": CONTEXT, "@type": "FAQPage", "mainEntity": entries} if entries else None
