"""Plans and coupons. The currency is the academy's own."""

from decimal import Decimal

from django.db import transaction

from catalog.courses.models import CoursePage
from commerce.plans.models import Coupon, Plan
from lyceum_dev.demo import loader


def plant(content: loader.Content) -> None:
    for plan in content.plans:
        _plant_plan(plan)
    for coupon in content.coupons:
        Coupon.objects.get_or_create(code=coupon.code, defaults={"percent": Decimal(coupon.percent)})


@transaction.atomic
def _plant_plan(wanted: loader.Plan) -> None:
    if Plan.objects.filter(slug=wanted.slug).exists():
        return
    plan = Plan(
        slug=wanted.slug,
        title=wanted.title,
        description=wanted.description,
        price_minor=wanted.price_minor,
        interval=wanted.interval,
        all_courses=wanted.all_courses,
        courses=CoursePage.objects.filter(slug__in=wanted.courses),
    )
    plan.full_clean(exclude=["courses"])
    plan.save()
