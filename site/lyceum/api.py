"""The JSON doors: the DRF router of `/api/v1/` and the headless router of `/api/v2/`. One line a door."""

from rest_framework.routers import DefaultRouter
from wagtail.api.v2.router import WagtailAPIRouter

from commerce.checkout.api import OrderViewSet
from commerce.checkout.registrations import RegistrationViewSet
from commerce.enrolments.api import EnrolmentViewSet

# --- /api/v1/: transactions -----------------------------------------------------------------------------------------
v1 = DefaultRouter()
v1.include_root_view = False
v1.register("enrollments", EnrolmentViewSet, "enrollment")
v1.register("orders", OrderViewSet, "order")
v1.register("registrations", RegistrationViewSet, "registration")

# --- /api/v2/: reads ------------------------------------------------------------------------------------------------
v2 = WagtailAPIRouter("wagtailapi")
