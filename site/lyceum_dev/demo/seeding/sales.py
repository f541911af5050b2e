"""Creates plans and coupons, in the academy's currency."""

from decimal import Decimal

from django.db import transaction

from catalog.courses.models import CoursePage
from commerce.plans.models import Coupon, Plan
from lyceum_dev.demo import loader


def seed(content: loader.Content) -> None:
    for plan in content.plans:
        _seed_plan(plan)
    for coupon in content.coupons:
        Coupon.objects.get_or_create(code=coupon.code, defaults={"percent": Decimal(coupon.percent)})


@transaction.atomic
def _seed_plan(content: loader.Plan) -> None:
    if Plan.objects.filter(slug=content.slug).exists():
        return
    plan = Plan(
        slug=content.slug,
        title=content.title,
        description=content.description,
        price_minor=content.price_minor,
        interval=content.interval,
        all_courses=content.all_courses,
        courses=CoursePage.objects.filter(slug__in=content.courses),
    )
    plan.full_clean(exclude=["courses"])
    plan.save()
