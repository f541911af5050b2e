"""The API of registrations. It is in this app because a paid seat opens a checkout."""

import json
from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from academies.api.serializers import RequestSerializer, validated
from academies.kernel import clock, errors, policies
from academies.kernel.money import Money
from academies.people.models import User
from commerce.checkout import actions, gateway
from commerce.checkout.api_v1 import MoneySerializer
from commerce.checkout.models import PaymentAttempt
from commerce.checkout.types import CheckoutRequest, Item
from commerce.enrolments import actions as enrolments
from commerce.enrolments import queries as seats
from commerce.enrolments.models import Registration

MAX_ANSWERS_LENGTH = 20_000


class EventReferenceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    slug = serializers.CharField()


class OfferingReferenceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class RegistrationPaymentSerializer(serializers.Serializer[Any]):
    provider = serializers.CharField(allow_null=True)
    url = serializers.CharField()


class RegistrationSerializer(serializers.ModelSerializer[Registration]):
    event = EventReferenceSerializer(source="offering.page")
    offering = OfferingReferenceSerializer()
    waitlist_position = serializers.IntegerField(source="waiting_position", allow_null=True)
    payment = serializers.SerializerMethodField()
    joining_instructions = serializers.SerializerMethodField()

    class Meta:
        model = Registration
        fields = [
            "id", "status", "waitlist_position", "payment", "event", "offering", "hold_until", "answers",
            "joining_instructions", "created_at", "confirmed_at", "ended_at",
        ]  # fmt: skip

    @extend_schema(responses=RegistrationPaymentSerializer(allow_null=True))
    def get_payment(self, registration: Registration) -> dict[str, str | None] | None:
        attempt: PaymentAttempt | None = self.context.get("attempt")
        if registration.status != Registration.Status.PENDING:
            return None
        if attempt:
            return {"provider": attempt.provider, "url": attempt.url}
        return {"provider": None, "url": seats.pay_url(registration)}

    def get_joining_instructions(self, registration: Registration) -> str:
        """Shown only to people with a confirmed seat."""
        if registration.status != Registration.Status.CONFIRMED:
            return ""
        return getattr(getattr(registration.offering.page, "eventpage", None), "joining_instructions", "")


class CancelledRegistrationSerializer(RegistrationSerializer):
    """A cancelled registration, and what is refunded of its price: null if nothing is."""

    refund = serializers.SerializerMethodField()

    class Meta(RegistrationSerializer.Meta):
        fields = [*RegistrationSerializer.Meta.fields, "refund"]

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_refund(self, registration: Registration) -> dict[str, int | str] | None:
        amount: Money | None = self.context.get("refund")
        return amount.as_json() if amount and amount.amount_minor else None


class RegisterSerializer(RequestSerializer):
    event = serializers.IntegerField(min_value=1)
    offering = serializers.UUIDField(required=False, allow_null=True, default=None)
    answers = serializers.DictField(required=False, default=dict)

    def validate_answers(self, answers: dict[str, Any]) -> dict[str, Any]:
        if len(json.dumps(answers)) > MAX_ANSWERS_LENGTH:
            message = _("All answers together may have at most %(count)d characters.")
            raise serializers.ValidationError(message % {"count": MAX_ANSWERS_LENGTH})
        return answers


class RegistrationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Registration]):
    """Your own registrations."""

    queryset = Registration.objects.none()
    serializer_class = RegistrationSerializer
    lookup_value_regex = "[0-9a-fA-F-]{32,36}"

    def get_queryset(self) -> Any:
        return seats.registrations_of(self.request.user)

    @extend_schema(request=RegisterSerializer, responses={201: RegistrationSerializer})
    def create(self, request: Request) -> Response:
        """Take a seat, or join the waiting list. A paid seat is held, and `payment.url` is where to pay for it.

        Without `offering`: the one that is open. 400 names the choices if there are several.
        """
        data, now, person = validated(RegisterSerializer, request), clock.now(), cast(User, request.user)
        event = get_object_or_404(seats.events_for(person), pk=data["event"])
        offering = seats.requested_date(event, data["offering"], now)
        if seats.requires_payment(person, offering):
            # Before a seat is held: if nothing can be paid, it should stay free for others.
            gateway.current()
        registration = enrolments.register(person=person, offering=offering, answers=data["answers"], now=now)
        attempt = None
        if registration.status == Registration.Status.PENDING:
            checkout_request = CheckoutRequest([Item(offering=offering.pk)])
            _order, attempt = actions.place_order(person=person, checkout_request=checkout_request, now=now)
        serializer = RegistrationSerializer(self.get_queryset().get(pk=registration.pk), context={"attempt": attempt})
        return Response(serializer.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={200: CancelledRegistrationSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a seat or leave the waiting list. The seat is offered to the first on the waiting list.

        `refund` is what is refunded by the refund terms that were shown; null if nothing is.
        """
        registration, now = self.get_object(), clock.now()
        if not policies.may("enrolments.cancel_registration", request.user, registration):
            raise errors.Forbidden()
        due = actions.seat_refund(registration, now=now)
        # A repeated request gets the same response.
        amount = due.amount if due else actions.refunded_for_seat(registration)
        cancelled = enrolments.cancel_registration(registration=registration, by=cast(User, request.user), now=now)
        row = self.get_queryset().get(pk=cancelled.pk)
        return Response(CancelledRegistrationSerializer(row, context={"refund": amount}).data)
