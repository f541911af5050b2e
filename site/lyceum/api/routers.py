"""The JSON doors: the DRF router of `/api/v1/` and the headless router of `/api/v2/`. One line a door."""

from rest_framework.routers import DefaultRouter
from wagtail.api.v2.router import WagtailAPIRouter

from catalog.courses.api_v2 import CategoriesAPI, InstructorsAPI
from catalog.events.api_v2 import VenuesAPI
from catalog.library.api_v2 import DocumentsAPI, ImagesAPI
from commerce.certificates.api_v1 import CertificateViewSet
from commerce.certificates.api_v2 import CertificatesAPI
from commerce.checkout.api_v1 import OrderViewSet
from commerce.checkout.api_v2 import OrdersAPI
from commerce.checkout.registrations_api_v1 import RegistrationViewSet
from commerce.enrolments.api_v1 import EnrolmentViewSet
from commerce.enrolments.api_v2 import EnrollmentsAPI, RegistrationsAPI
from commerce.plans.api_v2 import PlansAPI
from commerce.storefront.api_v2 import CoursesAPI, EventsAPI, OfferingsAPI
from home.pages.api_v2 import PagesAPI, RedirectsAPI
from home.pages.queries import brand_colour


class BrandedCertificateViewSet(CertificateViewSet):
    """Your certificates, the newest first."""

    brand_colour = staticmethod(brand_colour)


# --- /api/v1/: transactions -----------------------------------------------------------------------------------------
v1 = DefaultRouter()
v1.include_root_view = v1.include_format_suffixes = False
v1.register("enrollments", EnrolmentViewSet, "enrollment")
v1.register("orders", OrderViewSet, "order")
v1.register("registrations", RegistrationViewSet, "registration")
v1.register("certificates", BrandedCertificateViewSet, "certificate")

# --- /api/v2/: reads ------------------------------------------------------------------------------------------------
v2 = WagtailAPIRouter("wagtailapi")
v2.register_endpoint("pages", PagesAPI)
v2.register_endpoint("images", ImagesAPI)
v2.register_endpoint("documents", DocumentsAPI)
v2.register_endpoint("redirects", RedirectsAPI)
v2.register_endpoint("courses", CoursesAPI)
v2.register_endpoint("events", EventsAPI)
v2.register_endpoint("instructors", InstructorsAPI)
v2.register_endpoint("categories", CategoriesAPI)
v2.register_endpoint("venues", VenuesAPI)
v2.register_endpoint("plans", PlansAPI)
v2.register_endpoint("offerings", OfferingsAPI)
# One's own, with a Bearer token.
v2.register_endpoint("enrollments", EnrollmentsAPI)
v2.register_endpoint("registrations", RegistrationsAPI)
v2.register_endpoint("orders", OrdersAPI)
v2.register_endpoint("certificates", CertificatesAPI)
