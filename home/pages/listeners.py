"""Fact doors: a new academy gets its first pages."""

from academies.tenants.models import Academy
from academies.tenants.steps import step
from home.pages import actions


@step("site")
def plant_site(academy: Academy) -> None:
    actions.plant_site(academy=academy)
