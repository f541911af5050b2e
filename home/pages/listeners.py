"""Reactions to events: a new academy gets its first pages."""

from academies.tenants.models import Academy
from academies.tenants.provisioning_steps import step
from home.pages import actions


@step("site")
def create_default_site(academy: Academy) -> None:
    actions.create_default_site(academy=academy)
