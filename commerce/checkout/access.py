"""How long a plan gives access to a person, in words shown before they pay."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from academies.people.models import User
from academies.tenants import queries as tenants
from commerce.enrolments import queries as seats
from commerce.enrolments.rules import next_access_period
from commerce.plans.models import Plan


def access_offered(person: User, plan: Plan, now: datetime) -> str:
    """Return how long a plan gives access, or until when for a person who has access now."""
    if not plan.access_days:
        return plan.description or _("Lifetime access")
    keys = [None] if plan.all_courses else list(plan.courses.values_list("translation_key", flat=True))
    ends = {seats.access_end(person, key, now) for key in keys}
    if not any(ends):
        return _("Access for %(days)d days") % {"days": plan.access_days}
    if len(ends) > 1:
        return _("%(days)d days more, from the end of the access you have") % {"days": plan.access_days}
    _start, end = next_access_period(days=plan.access_days, access_ends_at=ends.pop(), now=now)
    day = date_format(end.astimezone(ZoneInfo(tenants.current().time_zone)), "j F Y")
    return _("%(days)d days more: access until %(day)s") % {"days": plan.access_days, "day": day}
