"""What a plan offers, apart from its row in the database."""

from dataclasses import dataclass

from academies.kernel.money import Money
from academies.kernel.translation import gettext_noop as _
from commerce.plans import rules

_INTERVAL_LABELS = {"once": _("once"), "month": _("a month"), "year": _("a year")}


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
        return _INTERVAL_LABELS[self.interval]

    @property
    def checkout_path(self) -> str:
        return f"/checkout/plan/{self.slug}/"

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """What comes first: free, then paid once, then subscriptions; the cheaper before the dearer.

        An amount a month can't be compared with an amount once, so a subscription never undercuts a price.
        """
        return (not self.is_free, self.interval != "once", self.price.amount_minor, self.slug)

    @property
    def card(self) -> "OfferCard":
        """The offer in the API."""
        return OfferCard(
            plan=self.slug,
            title=self.title,
            description=self.description,
            price=self.price,
            interval=self.interval,
            access_days=self.access_days,
            all_courses=self.all_courses,
            buyable=self.buyable,
            checkout_url=self.checkout_path if self.buyable else None,
        )


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer in the API. plan: its slug.  checkout_url: a path; None for what can't be bought today."""

    plan: str
    title: str
    description: str
    price: Money
    interval: str
    access_days: int | None
    all_courses: bool
    buyable: bool
    checkout_url: str | None
