"""Webhook endpoints: /v1/webhook_endpoints."""

import ipaddress
from urllib.parse import urlsplit

import stripe

from lyceum_dev.standins.stripe import errors, expand, response_objects
from lyceum_dev.standins.stripe.object_factory import ObjectFactory, new_id
from lyceum_dev.standins.stripe.sessions import is_url
from lyceum_dev.standins.stripe.store import Json

KIND = "webhook_endpoint"
URL = "/v1/webhook_endpoints"
MOST_ENDPOINTS = 16


def is_local(url: str) -> bool:
    """Return whether a URL is on this machine: the stand-in never sends webhooks elsewhere."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def create(factory: ObjectFactory, params: Json) -> Json:
    if params.get("connect"):
        raise errors.unsupported("Connect", "connect")
    _check_url(params["url"])
    if sum(1 for _ in factory.find(KIND)) >= MOST_ENDPOINTS:
        raise errors.invalid(f"You have reached the maximum of {MOST_ENDPOINTS} test webhook endpoints.")
    secret = "whsec_" + new_id("", 32)
    endpoint = response_objects.blank(
        stripe.WebhookEndpoint,
        id=new_id("we_1"),
        object=KIND,
        api_version=params.get("api_version"),
        created=factory.seconds,
        description=params.get("description"),
        enabled_events=params["enabled_events"],
        livemode=False,
        metadata=params.get("metadata") or {},
        status="enabled",
        url=params["url"],
        _secret=secret,
    )
    del endpoint["secret"]
    factory.save(endpoint)
    # Shown once, as Stripe does.
    return endpoint | {"secret": secret}


def update(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    endpoint = factory.get(KIND, identifier, "webhook_endpoint")
    if "url" in params:
        _check_url(params["url"])
    for name in ("url", "enabled_events", "description", "metadata"):
        if name in params:
            endpoint[name] = params[name]
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    return factory.save(endpoint)


def _check_url(url: str) -> None:
    if not is_url(url):
        raise errors.invalid("Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid")
    if not is_local(url) or urlsplit(url).scheme != "http":
        raise errors.unsupported("webhooks to anywhere but http on this machine", "url")


def retrieve(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    return factory.get(KIND, identifier, "webhook_endpoint")


def listed(factory: ObjectFactory, params: Json) -> Json:
    return expand.page(factory, URL, factory.find(KIND), params)


def delete(factory: ObjectFactory, params: Json, identifier: str) -> Json:
    factory.get(KIND, identifier, "webhook_endpoint")
    factory.store.delete(factory.account, identifier)
    return {"id": identifier, "object": KIND, "deleted": True}
