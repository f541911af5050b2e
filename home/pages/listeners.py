"""Fact doors: a new academy gets its first pages, and its certificates its colour."""

from academies.tenants.models import Academy
from academies.tenants.steps import step
from commerce.certificates import brand
from home.pages import actions
from home.pages.chrome import chrome

brand.says(lambda: chrome().colour)


@step("site")
def plant_site(academy: Academy) -> None:
    actions.plant_site(academy=academy)
