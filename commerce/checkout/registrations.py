"""JSON doors of registrations. They are here because a seat that costs opens a checkout."""

import json
from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academies.api.serializers import RequestSerializer, validated
from academies.kernel import clock, errors, policies
from academies.kernel.money import Money
from academies.people.models import User
from commerce.checkout import actions
from commerce.checkout.api import MoneySerializer
from commerce.checkout.facts import Item, Wish
from commerce.checkout.models import PaymentAttempt
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as seats
from commerce.enrolments.models import Registration

LONGEST_ANSWERS = 20_000


class EventNamed(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    slug = serializers.CharField()


class DateNamed(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class Payment(serializers.Serializer[Any]):
    provider = serializers.CharField(allow_null=True)
    url = serializers.CharField()


class RegistrationSerializer(serializers.ModelSerializer[Registration]):
    event = EventNamed(source="offering.page")
    offering = DateNamed()
    waitlist_position = serializers.IntegerField(source="waiting_position", allow_null=True)
    payment = serializers.SerializerMethodField()
    joining_instructions = serializers.SerializerMethodField()

    class Meta:
        model = Registration
        fields = [
            "id", "status", "waitlist_position", "payment", "event", "offering", "hold_until", "answers",
            "joining_instructions", "created_at", "confirmed_at", "ended_at",
        ]  # fmt: skip

    @extend_schema(responses=Payment(allow_null=True))
    def get_payment(self, registration: Registration) -> dict[str, str | None] | None:
        attempt: PaymentAttempt | None = self.context.get("attempt")
        if registration.status != Registration.Status.PENDING:
            return None
        if attempt:
            return {"provider": attempt.provider, "url": attempt.url}
        return {"provider": None, "url": seats.pay_url(registration)}

    def get_joining_instructions(self, registration: Registration) -> str:
        """What only those with a seat may read."""
        if registration.status != Registration.Status.CONFIRMED:
            return ""
        return getattr(getattr(registration.offering.page, "eventpage", None), "joining_instructions", "")


class CancelledRegistrationSerializer(RegistrationSerializer):
    """A registration that was given up, and what goes back of what was paid for it: null where nothing does."""

    refund = serializers.SerializerMethodField()

    class Meta(RegistrationSerializer.Meta):
        fields = [*RegistrationSerializer.Meta.fields, "refund"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_refund(self, registration: Registration) -> dict[str, int | str] | None:
        back: Money | None = self.context.get("back")
        return back.as_json() if back and back.amount_minor else None


class RegisterSerializer(RequestSerializer):
    event = serializers.IntegerField(min_value=1)
    offering = serializers.UUIDField(required=False, allow_null=True, default=None)
    answers = serializers.DictField(required=False, default=dict)

    def validate_answers(self, answers: dict[str, Any]) -> dict[str, Any]:
        if len(json.dumps(answers)) > LONGEST_ANSWERS:
            raise serializers.ValidationError(f"Answers may be {LONGEST_ANSWERS} characters long together.")
        return answers


class RegistrationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Registration]):
    """One's own registrations."""

    queryset = Registration.objects.none()
    serializer_class = RegistrationSerializer
    lookup_value_regex = "[0-9a-fA-F-]{32,36}"

    def get_queryset(self) -> Any:
        return seats.registrations_of(self.request.user)

    @extend_schema(request=RegisterSerializer, responses={201: RegistrationSerializer})
    def create(self, request: Request) -> Response:
        """Take a seat, or a place in line. A seat that costs is held, and `payment.url` is where to pay for it.

        Without `offering`: the date that is open. 400 names the choices when there are several.
        """
        wish, now, person = validated(RegisterSerializer, request), clock.now(), cast(User, request.user)
        event = get_object_or_404(seats.events_for(person), pk=wish["event"])
        offering = seats.requested_date(event, wish["offering"], now)
        if seats.requires_payment(person, offering):
            # Before a seat is held: where nothing can be paid, nobody else should find it taken.
            actions.refuse_without_account()
        registration = enrolments.register(person=person, offering=offering, answers=wish["answers"], now=now)
        attempt = None
        if registration.status == Registration.Status.PENDING:
            wanted = Wish([Item(offering=offering.pk)])
            _, attempt = actions.open_checkout(person=person, wish=wanted, now=now)
        return self._answer(registration.pk, status.HTTP_201_CREATED, attempt)

    @extend_schema(request=None, responses={200: CancelledRegistrationSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Give up a seat or a place in line. The seat goes to the first in line.

        `refund` is what goes back of what was paid, by the refund rule that was shown; null where nothing does.
        """
        registration, now = self.get_object(), clock.now()
        if not policies.may("enrolments.cancel_registration", request.user, registration):
            raise errors.Forbidden()
        money = actions.money_of_seat(registration, now=now)
        # Asked again, the answer is the same.
        back = money.back if money else actions.refund_of_seat(registration)
        cancelled = enrolments.cancel_registration(registration=registration, by=cast(User, request.user), now=now)
        shown = CancelledRegistrationSerializer(self.get_queryset().get(pk=cancelled.pk), context={"back": back})
        return Response(shown.data)

    def _answer(self, pk: UUID, code: int, attempt: PaymentAttempt | None = None) -> Response:
        shown = RegistrationSerializer(self.get_queryset().get(pk=pk), context={"attempt": attempt})
        return Response(shown.data, status=code)
