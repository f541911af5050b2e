"""The baseline: the same list through Wagtail's own PagesAPIViewSet, as its documentation shows it."""

from typing import Any, ClassVar

from rest_framework.fields import Field
from rest_framework.permissions import AllowAny
from wagtail.api import APIField
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.images.api.fields import ImageRenditionField

from catalog.courses.models import CoursePage, LessonPage
from catalog.library.rules import COVER
from commerce.plans.models import Plan


class PriceField(Field):
    def get_attribute(self, instance: CoursePage) -> Plan | None:
        return Plan.objects.filter(courses=instance, on_sale=True).order_by("price_minor").first()

    def to_representation(self, value: Plan) -> dict[str, Any]:
        return value.price.as_json()


class CategoryField(Field):
    def to_representation(self, value: Any) -> dict[str, str]:
        return {"slug": value.slug, "name": value.name}


class LessonsField(Field):
    def get_attribute(self, instance: CoursePage) -> list[int]:
        return list(LessonPage.objects.live().descendant_of(instance).values_list("minutes", flat=True))

    def to_representation(self, value: list[int]) -> dict[str, int]:
        return {"lesson_count": len(value), "minutes": sum(value)}


PLAIN = ("summary", "level", "effort", "gives_certificate", "cpd_credits", "first_published_at", "last_published_at")

# Only in the benchmark's server: the product has its own endpoint for courses.
CoursePage.api_fields = [
    *(APIField(name) for name in PLAIN),
    APIField("category", serializer=CategoryField()),
    APIField("price", serializer=PriceField()),
    APIField("lessons", serializer=LessonsField()),
    *(APIField(f"image_{name}", serializer=ImageRenditionField(spec, source="cover")) for name, spec in COVER.items()),
]


class StockPages(PagesAPIViewSet):
    """Wagtail's viewset, open to anonymous users without authentication, like the product's own endpoint."""

    authentication_classes: ClassVar[list[Any]] = []
    permission_classes: ClassVar[list[Any]] = [AllowAny]


router = WagtailAPIRouter("bench_wagtailapi")
router.register_endpoint("pages", StockPages)
