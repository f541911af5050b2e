"""The API of checkout: placing orders, one's own orders, refunds, and the webhooks of payment providers."""

from collections.abc import Callable, Collection
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from academies.api.serializers import RequestSerializer, validated
from academies.kernel import clock, policies
from academies.kernel.errors import Invalid
from academies.kernel.money import Money
from academies.people.models import User
from commerce.checkout import actions, queries
from commerce.checkout.models import Order, OrderLine, PaymentAttempt, Refund
from commerce.checkout.refusals import MayNotRefund
from commerce.checkout.types import CheckoutRequest, Item, RefundInput

MAX_EVENT_SIZE = 256 * 1024
MAX_AMOUNT = 2**31 - 1


class MoneySerializer(RequestSerializer):
    amount_minor = serializers.IntegerField(min_value=0, max_value=MAX_AMOUNT)
    currency = serializers.CharField(min_length=3, max_length=3)


class PositiveMoneySerializer(MoneySerializer):
    amount_minor = serializers.IntegerField(min_value=1, max_value=MAX_AMOUNT)


@extend_schema_field(MoneySerializer)
class MoneyField(serializers.Field[Any, Any, Any, Any]):
    """An amount of the record, as {"amount_minor": 4900, "currency": "GBP"}."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Money) -> dict[str, int | str]:
        return value.as_json()


# --- responses --------------------------------------------------------------------------------------------------
class LineSerializer(serializers.ModelSerializer[OrderLine]):
    plan: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    offering = serializers.UUIDField(source="offering_id", read_only=True)
    registration = serializers.UUIDField(source="registration_id", read_only=True)
    unit = MoneyField()
    total = MoneyField()

    class Meta:
        model = OrderLine
        fields = ["id", "title", "quantity", "unit", "total", "plan", "offering", "registration"]


class OrderSerializer(serializers.ModelSerializer[Order]):
    lines = LineSerializer(many=True, read_only=True)
    subtotal = MoneyField()
    discount = MoneyField()
    tax = MoneyField()
    total = MoneyField()

    class Meta:
        model = Order
        fields = [
            "id", "number", "status", "lines", "subtotal", "discount", "tax", "total",
            "created_at", "expires_at", "paid_at",
        ]  # fmt: skip


class PaymentSerializer(serializers.Serializer[Any]):
    provider = serializers.CharField()
    url = serializers.URLField()


class RefundSerializer(serializers.ModelSerializer[Refund]):
    amount = MoneyField()

    class Meta:
        model = Refund
        fields = ["id", "status", "amount", "reason", "entitlements", "lines", "created_at"]


class CheckoutResponseSerializer(serializers.Serializer[Any]):
    order = OrderSerializer()
    payment = PaymentSerializer(allow_null=True)


class RefundResponseSerializer(serializers.Serializer[Any]):
    refund = RefundSerializer()
    order = OrderSerializer()


# --- requests --------------------------------------------------------------------------------------------------
class ItemSerializer(RequestSerializer):
    plan = serializers.CharField(max_length=120, required=False, default="")
    offering = serializers.UUIDField(required=False, allow_null=True, default=None)
    quantity = serializers.IntegerField(min_value=1, max_value=1000, required=False, default=1)


class CheckoutSerializer(RequestSerializer):
    items = ItemSerializer(many=True, max_length=50)  # type: ignore[call-arg]
    coupon = serializers.CharField(max_length=40, required=False, allow_blank=True, allow_null=True, default="")
    billing = serializers.DictField(
        child=serializers.CharField(max_length=250, allow_blank=True), required=False, allow_null=True, default=dict
    )
    success_url = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    cancel_url = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    expected_total = MoneySerializer(required=False)

    def validate_billing(self, billing: dict[str, str] | None) -> dict[str, str]:
        if billing and (len(billing) > 20 or any(len(name) > 60 for name in billing)):
            raise serializers.ValidationError(_("At most 20 fields, with names of at most 60 characters."))
        return billing or {}


class RefundInputSerializer(RequestSerializer):
    amount = PositiveMoneySerializer(required=False, allow_null=True, default=None)
    lines = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=100)
    reason = serializers.CharField(max_length=250)
    entitlements = serializers.ChoiceField(Refund.Entitlements.choices, required=False, default="")


# --- views ----------------------------------------------------------------------------------------------------------
def checkout_response(order: Order, attempt: PaymentAttempt | None) -> dict[str, Any]:
    """Return an order, and where to pay it."""
    payment = {"provider": attempt.provider, "url": attempt.url} if attempt and attempt.url else None
    return {"order": _serialized(order), "payment": payment if order.status == Order.Status.PENDING else None}


def _serialized(order: Order) -> dict[str, Any]:
    data: dict[str, Any] = OrderSerializer(queries.orders().get(pk=order.pk)).data
    return data


def _checkout_request(data: dict[str, Any]) -> CheckoutRequest:
    expected = data.get("expected_total") or {"amount_minor": None, "currency": ""}
    return CheckoutRequest(
        items=[Item(**item) for item in data["items"]], coupon=data["coupon"] or "", billing=data["billing"],
        success_url=data["success_url"], cancel_url=data["cancel_url"],
        expected_total_minor=expected["amount_minor"], expected_currency=expected["currency"].upper(),
    )  # fmt: skip


class CheckoutView(APIView):
    """own_origins: returns the academy's own web sites, that buyers may return to; the URLconf passes it."""

    own_origins: Callable[[], Collection[str]] = staticmethod(frozenset)

    @extend_schema(request=CheckoutSerializer, responses={201: CheckoutResponseSerializer})
    def post(self, request: Request) -> Response:
        """Order plans and seats, and get the address to pay at. A total of zero is paid at once, and `payment` is null.

        409 `already_enrolled`, `sold_out`, `coupon_used_up`, `price_changed` (when `expected_total` is no longer true),
        `subscriptions_not_open` (plans paid every month or year can't be bought yet); 503
        `payment_provider_unavailable`: nothing was charged, and the order in `order` is saved: ask for its payment page at
        `orders/{id}/pay/` after `Retry-After` seconds.
        """
        checkout_request = _checkout_request(validated(CheckoutSerializer, request))
        order, attempt = actions.place_order(
            person=cast(User, request.user),
            checkout_request=checkout_request,
            now=clock.now(),
            own_origins=self.own_origins(),
        )
        return Response(checkout_response(order, attempt), status=status.HTTP_201_CREATED)


class OrderViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Order]):
    """Your own orders, newest first."""

    queryset = Order.objects.none()
    serializer_class = OrderSerializer
    lookup_value_regex = "[0-9a-fA-F-]{32,36}"

    def get_queryset(self) -> QuerySet[Order]:
        return queries.orders_of(cast(User, self.request.user))

    @extend_schema(request=None, responses={200: OrderSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel a pending order and release its seats. Safe to repeat. 409 `order_paid`."""
        order = actions.cancel_order(order=self.get_object(), by=cast(User, request.user), now=clock.now())
        return Response(_serialized(order))

    @extend_schema(request=None, responses={200: CheckoutResponseSerializer})
    @action(detail=True, methods=["post"])
    def pay(self, request: Request, pk: str) -> Response:
        """Get the payment page of a pending order again. 409 `order_not_pending`."""
        attempt = actions.open_session(order=self.get_object(), now=clock.now())
        return Response(checkout_response(attempt.order, attempt))

    @extend_schema(request=RefundInputSerializer, responses={201: RefundResponseSerializer})
    @action(detail=True, methods=["post"])
    def refund(self, request: Request, pk: str) -> Response:
        """Refund an `amount`, the price of some `lines`, or everything that is left. For finance staff.

        `entitlements` says what happens to the access that was bought; without it, access ends when everything is
        refunded, or for the lines named. The refund is `created` until the provider has confirmed it.
        """
        if not policies.may("checkout.refund", request.user):
            raise MayNotRefund()
        order = get_object_or_404(queries.orders(), pk=pk)
        data = validated(RefundInputSerializer, request)
        refund_input = RefundInput(data["reason"], _amount(order, data["amount"]), data["lines"], data["entitlements"])
        refund = actions.refund_order(
            order=order, by=cast(User, request.user), refund_input=refund_input, now=clock.now()
        )
        response = {"refund": RefundSerializer(refund).data, "order": _serialized(order)}
        return Response(response, status=status.HTTP_201_CREATED)


def _amount(order: Order, amount: dict[str, Any] | None) -> int | None:
    if amount is None:
        return None
    if amount["currency"] != order.currency:
        raise Invalid(fields={"amount": [_("This order was paid in %(currency)s.") % {"currency": order.currency}]})
    return int(amount["amount_minor"])


class WebhookView(APIView):
    """Receives the events of a payment provider. Only the signature counts: no session, no token, no throttle."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(exclude=True)
    def post(self, request: Request, provider: str) -> Response:
        http_request = request._request
        size = int(http_request.META.get("CONTENT_LENGTH") or 0)
        if size > MAX_EVENT_SIZE or len(http_request.body) > MAX_EVENT_SIZE:
            raise TooLarge()
        is_new = actions.receive(provider=provider, headers=request.headers, body=http_request.body, now=clock.now())
        return Response({"received": True, "new": is_new})


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = gettext_lazy("The request is too large.")
