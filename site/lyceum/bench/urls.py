"""Every route of the product, and the baseline."""

from django.urls import path

from lyceum.bench.baseline import router
from lyceum.urls import urlpatterns as product

urlpatterns = [path("bench/api/v2/", router.urls), *product]
