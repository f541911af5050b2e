"""The JSON doors: the DRF router of `/api/v1/` and the headless router of `/api/v2/`. One line a door."""

from rest_framework.routers import DefaultRouter
from wagtail.api.v2.router import WagtailAPIRouter

# --- /api/v1/: transactions -----------------------------------------------------------------------------------------
v1 = DefaultRouter()
v1.include_root_view = False

# --- /api/v2/: reads ------------------------------------------------------------------------------------------------
v2 = WagtailAPIRouter("wagtailapi")
