"""Planting a site: what a new academy's tree looks like before anybody edits it."""

from django.conf import settings
from wagtail.models import Page, Site

from academies.tenants.models import Academy
from catalog.courses.models import CourseIndexPage
from catalog.events.models import EventIndexPage
from home.pages.models import Brand, HomePage


def plant_site(*, academy: Academy) -> HomePage:
    """Put a home page with a list of courses and one of events at the academy's host. Tolerates running again."""
    home = HomePage.objects.first() or _plant_home(academy)
    for model, title, slug in ((CourseIndexPage, "Courses", "courses"), (EventIndexPage, "Events", "events")):
        if not model.objects.exists():
            home.add_child(instance=model(title=title, slug=slug, show_in_menus=True))
    _point_site(home, academy)
    brand = Brand.load()
    if not brand.name:
        brand.name = academy.name
        brand.save()
    return home


def _plant_home(academy: Academy) -> HomePage:
    root = Page.get_first_root_node()
    for welcome in root.get_children():
        # Wagtail's own "Welcome" page: its address is needed for ours.
        Site.objects.filter(root_page=welcome).update(root_page=root)
        welcome.specific.delete()
    root.refresh_from_db()
    return root.add_child(instance=HomePage(title=academy.name, slug="home", headline=academy.name))


def _point_site(home: HomePage, academy: Academy) -> None:
    port = int(settings.PUBLIC_PORT or (443 if settings.PUBLIC_SCHEME == "https" else 80))
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname = academy.domain_url or "localhost"
    site.port, site.site_name, site.root_page = port, academy.name, home
    site.save()
    Site.objects.exclude(pk=site.pk).delete()
