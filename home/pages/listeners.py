"""Fact doors: a new academy gets its first pages, and its certificates its colour."""

from academies.tenants.models import Academy
from academies.tenants.provisioning_steps import step
from commerce.certificates import brand
from home.pages import actions
from home.pages.site_frame import site_frame

brand.says(lambda: site_frame().colour)


@step("site")
def plant_site(academy: Academy) -> None:
    actions.create_default_site(academy=academy)
