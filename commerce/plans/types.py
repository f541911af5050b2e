"""What a plan offers, apart from its row."""

from dataclasses import dataclass
from typing import Any

from academies.kernel.money import Money
from commerce.plans import rules

_SAID = {"once": "once", "month": "a month", "year": "a year"}


@dataclass(frozen=True)
class Offer:
    """One way to get into a course: a plan that opens it, and its price.

    interval: once, month or year.  access_days: None means for good, or for as long as the subscription runs.
    """

    id: str
    slug: str
    title: str
    price: Money
    interval: str
    access_days: int | None
    all_courses: bool
    description: str = ""

    @property
    def is_free(self) -> bool:
        return self.price.amount_minor == 0

    @property
    def buyable(self) -> bool:
        """Whether somebody may have it today, by paying or because it is free."""
        return self.is_free or rules.sold_online(self.interval)

    @property
    def interval_label(self) -> str:
        return _SAID[self.interval]

    @property
    def checkout_path(self) -> str:
        return f"/checkout/plan/{self.slug}/"

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """What comes first: free, then paid once, then subscriptions; the cheaper before the dearer.

        An amount a month can't be compared with an amount once, so a subscription never undercuts a price.
        """
        return (not self.is_free, self.interval != "once", self.price.amount_minor, self.slug)

    def as_json(self) -> dict[str, Any]:
        return {
            "plan": self.slug,
            "title": self.title,
            "description": self.description,
            "price": self.price.as_json(),
            "interval": self.interval,
            "access_days": self.access_days,
            "all_courses": self.all_courses,
            "buyable": self.buyable,
            "checkout_url": self.checkout_path if self.buyable else None,
        }
