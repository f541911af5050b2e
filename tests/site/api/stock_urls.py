"""Wagtail's own pages endpoint beside ours, for comparison."""

from django.urls import path
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet

from catalog.courses.api_v2 import CategoriesAPI
from lyceum.urls import urlpatterns


class StockPages(PagesAPIViewSet):
    authentication_classes = permission_classes = ()


class StockImages(ImagesAPIViewSet):
    authentication_classes = permission_classes = ()


router = WagtailAPIRouter("stock")
router.register_endpoint("pages", StockPages)
router.register_endpoint("images", StockImages)
router.register_endpoint("categories", CategoriesAPI)

urlpatterns = [path("stock/v2/", router.urls), *urlpatterns]
