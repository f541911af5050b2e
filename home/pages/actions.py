"""Create the default pages of a new academy."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    GroupApprovalTask,
    Page,
    Site,
    Workflow,
    WorkflowContentType,
    WorkflowPage,
    WorkflowTask,
)

from academies.people.roles import EDITOR, OWNER
from academies.tenants.models import Academy
from catalog.courses.models import CourseIndexPage, Instructor
from catalog.events.models import EventIndexPage, Venue
from catalog.library import actions as library
from home.pages.models import Brand, HomePage


def create_default_site(*, academy: Academy) -> HomePage:
    """Create a home page with a course and an event index, and the Site at the academy's host. Idempotent."""
    home = HomePage.objects.first() or _create_home_page(academy)
    for model, title, slug in ((CourseIndexPage, "Courses", "courses"), (EventIndexPage, "Events", "events")):
        if not model.objects.exists():
            home.add_child(instance=model(title=title, slug=slug, show_in_menus=True))
    _point_site(home, academy)
    _create_moderation_workflow()
    library.create_default_collections()
    brand = Brand.load()
    if not brand.name:
        brand.name = academy.name
        brand.save()
    return home


def _create_home_page(academy: Academy) -> HomePage:
    root = Page.get_first_root_node()
    for welcome in root.get_children():
        # Wagtail's "Welcome" page: its slug is needed for our home page.
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


def _create_moderation_workflow() -> None:
    """Let an editor or the owner review what teachers submit before it is published."""
    task, _ = GroupApprovalTask.objects.get_or_create(name="Read by an editor")
    task.groups.set(Group.objects.filter(name__in=[EDITOR, OWNER]))
    workflow, _ = Workflow.objects.get_or_create(name="Review before publishing")
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    for page in Page.objects.filter(depth=1):
        WorkflowPage.objects.update_or_create(page=page, defaults={"workflow": workflow})
    for snippet in ContentType.objects.get_for_models(Instructor, Venue).values():
        WorkflowContentType.objects.update_or_create(content_type=snippet, defaults={"workflow": workflow})
    # Wagtail's default workflow needs the Moderators group, which no academy has.
    Workflow.objects.filter(name="Moderators approval").update(active=False)
