"""The payment port for Stripe, through its SDK."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import stripe

from commerce.gateways.port import BadSignature, GatewayRefused, GatewayUnavailable
from commerce.gateways.stripe import translate
from commerce.gateways.stripe.amounts import from_stripe, to_stripe
from commerce.gateways.types import (
    CheckoutSession,
    PaymentEvent,
    PaymentState,
    RefundRequest,
    RemotePayment,
    RemoteRefund,
    SessionRequest,
)

TOLERANCE_SECONDS = 300
REFUNDS = "payment_intent.latest_charge.refunds"
EVENTS = [
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "charge.succeeded",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.closed",
    "refund.created",
    "refund.updated",
    "refund.failed",
]
_CODES = {
    "charge_already_refunded": "over_refund",
    "resource_missing": "not_found",
    "amount_too_large": "amount_not_payable",
    "amount_too_small": "amount_not_payable",
}


@lru_cache(maxsize=8)
def _transport(timeout: float) -> stripe.HTTPClient:
    # Connections are pooled per thread and shared by all academies: a transport holds no key.
    return stripe.RequestsClient(timeout=(min(timeout, 4.0), timeout))


class StripeGateway:
    """One academy's Stripe account.

    api_base: None or "" is Stripe itself; a stand-in's address otherwise.
    timeout: seconds for one try; with two retries a call ends within about three times that.
    """

    name = "stripe"

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str = "",
        api_base: str | None = None,
        max_network_retries: int = 2,
        timeout: float = 8.0,
    ) -> None:
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base.rstrip("/")} if api_base else None,
            max_network_retries=max_network_retries,
            http_client=_transport(timeout),
        )

    def open_session(self, request: SessionRequest) -> CheckoutSession:
        with _translated():
            params = translate.session_params(request)
            session = self._client.v1.checkout.sessions.create(
                params,  # type: ignore[arg-type]
                {"idempotency_key": f"page-{request.attempt_id}"},
            )
        charged = from_stripe(session.amount_total or 0, request.currency)
        if charged != request.total_minor or session.url is None:
            self.expire(session.id)
            raise GatewayRefused("total_mismatch", f"The session would charge {charged}, not {request.total_minor}.")
        return CheckoutSession(session.id, session.url, datetime.fromtimestamp(session.expires_at, UTC))

    def read(self, reference: str) -> RemotePayment:
        with _translated():
            if reference.startswith("pi_"):
                return self._by_intent(reference)
            session = self._client.v1.checkout.sessions.retrieve(reference, {"expand": [REFUNDS]})
            return self._payment(session.to_dict())

    def expire(self, reference: str) -> RemotePayment:
        try:
            with _translated():
                session = self._client.v1.checkout.sessions.expire(reference)
                return self._payment(session.to_dict())
        except GatewayRefused as refusal:
            # Stripe expires open sessions only. Whatever it is instead, the session is closed: return what became of it.
            remote = self.read(reference)
            if remote.state == PaymentState.OPEN:
                raise refusal
            return remote

    def refund(self, request: RefundRequest) -> RemoteRefund:
        with _translated():
            refund = self._client.v1.refunds.create(
                {
                    "payment_intent": request.payment_reference,
                    "amount": to_stripe(request.amount_minor, request.currency),
                    "reason": "requested_by_customer",
                    "metadata": {"refund_id": request.refund_id, "reason": request.reason[:500]},
                },
                {"idempotency_key": f"refund-{request.refund_id}"},
            )
        return translate.refund(refund.to_dict())

    def recent_payments(self, since: datetime) -> Iterator[RemotePayment]:
        # A session lives for a day, so one opened the day before may have been paid just now.
        after = int((since - timedelta(days=1)).timestamp())
        with _translated():
            refunds = self._refunds_by_intent(after)
            sessions = self._client.v1.checkout.sessions.list(
                {"created": {"gte": after}, "limit": 100, "expand": ["data.payment_intent"]}
            )
            for session in sessions.auto_paging_iter():
                intent = translate.identifier(session.to_dict().get("payment_intent"))
                yield translate.payment(session.to_dict(), refunds.pop(intent or "", []))
            # The rest was refunded lately for payments made earlier.
            for intent in refunds:
                yield from self._sessions_of(intent)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        signature = headers.get("Stripe-Signature", "")
        try:
            stripe.WebhookSignature.verify_header(body, signature, self._webhook_secret, TOLERANCE_SECONDS)
            return translate.event(body)
        # ValueError: not UTF-8, not JSON, or not an event. TypeError: a signature that is not ASCII.
        # RecursionError: JSON nested beyond reason.
        except (stripe.SignatureVerificationError, ValueError, TypeError, RecursionError) as error:
            raise BadSignature(str(error) or type(error).__name__) from error

    def ensure_webhook(self, url: str) -> str:
        with _translated():
            endpoints = self._client.v1.webhook_endpoints
            for endpoint in endpoints.list({"limit": 100}).auto_paging_iter():
                if endpoint.url == url:
                    endpoints.delete(endpoint.id)
            endpoint = endpoints.create({"url": url, "enabled_events": EVENTS})  # type: ignore[typeddict-item]
        if not endpoint.secret:
            raise GatewayRefused("no_secret", "The provider returned no signing secret.")
        return endpoint.secret

    def _by_intent(self, intent: str) -> RemotePayment:
        for remote in self._sessions_of(intent):
            return remote
        raise GatewayRefused("not_found", f"No checkout session belongs to {intent}.")

    def _sessions_of(self, intent: str) -> Iterator[RemotePayment]:
        for session in self._client.v1.checkout.sessions.list({"payment_intent": intent}).data:
            yield self.read(session.id)

    def _payment(self, session: dict[str, Any]) -> RemotePayment:
        """Read a session in which the refunds are expanded, fetching the rest where there are more than ten."""
        intent = session.get("payment_intent")
        charge = intent.get("latest_charge") if isinstance(intent, dict) else None
        refunds_page = charge.get("refunds") if isinstance(charge, dict) else None
        if not refunds_page:
            return translate.payment(session)
        if refunds_page["has_more"] and isinstance(intent, dict):
            refunds = self._client.v1.refunds.list({"payment_intent": intent["id"], "limit": 100})
            return translate.payment(session, [refund.to_dict() for refund in refunds.auto_paging_iter()])
        return translate.payment(session, refunds_page["data"])

    def _refunds_by_intent(self, after: int) -> dict[str, list[dict[str, Any]]]:
        refunds: dict[str, list[dict[str, Any]]] = {}
        for refund in self._client.v1.refunds.list({"created": {"gte": after}, "limit": 100}).auto_paging_iter():
            fields = refund.to_dict()
            refunds.setdefault(translate.identifier(fields.get("payment_intent")) or "", []).append(fields)
        refunds.pop("", None)
        return refunds


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the SDK's exceptions into the port's."""
    try:
        yield
    except (stripe.RateLimitError, stripe.APIConnectionError) as error:
        raise GatewayUnavailable(_message(error), _retry_after(error)) from error
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise GatewayRefused(_code(error), _message(error)) from error
    except stripe.IdempotencyError as error:
        raise GatewayRefused("idempotency_mismatch", _message(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise GatewayRefused("not_configured", _message(error)) from error
    except stripe.StripeError as error:
        raise GatewayUnavailable(_message(error), _retry_after(error)) from error
    except ValueError as error:
        raise GatewayRefused("amount_not_payable", str(error)) from error


def _message(error: stripe.StripeError) -> str:
    return error.user_message or str(error)


def _code(error: stripe.StripeError) -> str:
    code = error.code or "invalid_request"
    if "greater than unrefunded amount" in _message(error):
        return "over_refund"
    return _CODES.get(code, code)


def _retry_after(error: stripe.StripeError) -> float:
    headers = error.headers or {}
    try:
        return max(1.0, float(headers.get("Retry-After") or headers.get("retry-after") or 5))
    except ValueError:
        return 5.0
