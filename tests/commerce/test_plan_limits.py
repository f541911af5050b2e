"""Plans: limits of prices, names and numbers."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from wagtail.blocks import StructBlockValidationError

from catalog.activities.kinds.quiz import QuizBlock
from catalog.offerings.models import Offering
from commerce.plans.models import Coupon, Plan
from tests.fixtures.product_factory import a_date, a_plan

A_LOT = 9_999_999


def test_a_plan_that_would_outlast_the_calendar_is_neither_saved_nor_stored(north):
    plan = a_plan()
    plan.access_days = A_LOT

    with pytest.raises(ValidationError) as refused:
        plan.full_clean()

    assert set(refused.value.message_dict) >= {"access_days"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.update(access_days=A_LOT)
    Plan.objects.update(access_days=36_500)


def test_a_seat_is_held_for_a_year_at_most(north):
    offering = a_date()
    offering.hold_minutes = A_LOT

    with pytest.raises(ValidationError) as refused:
        offering.full_clean()

    assert set(refused.value.message_dict) >= {"hold_minutes"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Offering.objects.update(hold_minutes=A_LOT)


def test_a_quiz_is_sat_for_a_week_at_most():
    block = QuizBlock()

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python({"limit_minutes": A_LOT, "questions": []}))

    assert "limit_minutes" in refused.value.block_errors


def test_a_code_that_differs_in_case_alone_is_taken(north):
    Coupon.objects.create(code="Spring", percent=10)

    with pytest.raises(ValidationError, match="There is a coupon with this code"):
        Coupon(code="SPRING", percent=90).full_clean()

    with pytest.raises(IntegrityError), transaction.atomic():
        Coupon.objects.create(code="sprinG", percent=90)
