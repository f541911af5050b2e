"""The table of contents: every route of every room on one page."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from academies.tenants.views import media
from lyceum.api import v1, v2

# --- /api/v1/: single routes that are no viewset; viewsets are in api.py --------------------------------------------
v1_routes = [
    *v1.urls,
]

urlpatterns = [
    # --- doors for programs
    path("api/v1/", include(v1_routes)),
    path("api/v2/", v2.urls),
    # --- doors for editors
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # --- doors for people
    path("media/<path:path>", media),
    path("account/", include("allauth.account.urls")),
    # --- for machines that visit
    path("sitemap.xml", sitemap),
    # --- and everything else is a page
    path("", include(wagtail_urls)),
]
