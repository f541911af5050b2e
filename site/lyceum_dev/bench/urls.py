"""The product's URLs and the baseline."""

from django.urls import path

from lyceum.urls import urlpatterns as product
from lyceum_dev.bench.baseline import router

urlpatterns = [path("bench/api/v2/", router.urls), *product]
