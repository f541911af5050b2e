"""All routes, with their parameter types and handlers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lyceum_dev.standins.stripe import endpoints, events, intents, refunds, sessions
from lyceum_dev.standins.stripe.store import Json

Handler = Callable[..., Json]


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    params: str
    handler: Handler


def _route(line: str, params: str, handler: Handler) -> Route:
    method, path = line.split()
    return Route(method, re.compile("^/v1/" + path.replace(":id", "([^/]+)") + "$"), params, handler)


ROUTES = (
    _route("POST checkout/sessions", "checkout.SessionCreateParams", sessions.create),
    _route("GET checkout/sessions", "checkout.SessionListParams", sessions.listed),
    _route("GET checkout/sessions/:id", "checkout.SessionRetrieveParams", sessions.retrieve),
    _route("POST checkout/sessions/:id/expire", "checkout.SessionExpireParams", sessions.expire),
    _route("GET checkout/sessions/:id/line_items", "checkout.SessionListLineItemsParams", sessions.list_line_items),
    _route("POST payment_intents", "PaymentIntentCreateParams", intents.create),
    _route("GET payment_intents", "PaymentIntentListParams", intents.listed),
    _route("GET payment_intents/:id", "PaymentIntentRetrieveParams", intents.retrieve),
    _route("POST payment_intents/:id/confirm", "PaymentIntentConfirmParams", intents.confirm),
    _route("POST payment_intents/:id/cancel", "PaymentIntentCancelParams", intents.cancel),
    _route("GET charges", "ChargeListParams", intents.list_charges),
    _route("GET charges/:id", "ChargeRetrieveParams", intents.retrieve_charge),
    _route("POST refunds", "RefundCreateParams", refunds.create),
    _route("GET refunds", "RefundListParams", refunds.listed),
    _route("GET refunds/:id", "RefundRetrieveParams", refunds.retrieve),
    _route("POST webhook_endpoints", "WebhookEndpointCreateParams", endpoints.create),
    _route("GET webhook_endpoints", "WebhookEndpointListParams", endpoints.listed),
    _route("GET webhook_endpoints/:id", "WebhookEndpointRetrieveParams", endpoints.retrieve),
    _route("POST webhook_endpoints/:id", "WebhookEndpointUpdateParams", endpoints.update),
    _route("DELETE webhook_endpoints/:id", "WebhookEndpointDeleteParams", endpoints.delete),
    _route("GET events", "EventListParams", events.listed),
    _route("GET events/:id", "EventRetrieveParams", events.retrieve),
    _route("GET balance", "BalanceRetrieveParams", events.balance),
)


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    for route in ROUTES:
        if route.method == method and (matched := route.pattern.match(path)):
            return route, matched.groups()
    return None
