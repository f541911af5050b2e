"""The hosted payment page: /c/pay/<session>. Plain forms without scripts."""

import re
from urllib.parse import parse_qs

from lyceum_dev.standins.stripe import markup, payments, test_cards
from lyceum_dev.standins.stripe.http import Request, Response, as_html, redirect
from lyceum_dev.standins.stripe.object_factory import ObjectFactory
from lyceum_dev.standins.stripe.payments import Step
from lyceum_dev.standins.stripe.services import Services
from lyceum_dev.standins.stripe.store import Json

_PATH = re.compile(r"^/c/pay/(cs_test_\w+)(/confirm)?/?$")


class Pages:
    def __init__(self, services: Services) -> None:
        self._world = services

    def answer(self, request: Request) -> Response:
        matched = _PATH.match(request.path)
        self._world.tick()
        rows = self._world.store.run("select account from objects where id = ?", matched[1]) if matched else []
        if not matched or not rows:
            return as_html(404, markup.missing())
        if request.method not in ("GET", "HEAD", "POST"):
            return as_html(405, markup.missing())
        # The session is read under the lock that pays it: the second of two clicks finds it paid.
        with self._world.store.transaction():
            factory = self._world.factory(rows[0]["account"], request.base_url)
            session = factory.get("checkout.session", matched[1])
            if request.method != "POST":
                return _show(factory, session)
            return _act(factory, session, _fields(request), confirming=bool(matched[2]))


def _fields(request: Request) -> dict[str, str]:
    text = request.body.decode("utf-8", "replace")
    return {name: values[-1].strip() for name, values in parse_qs(text, max_num_fields=100).items()}


def _act(factory: ObjectFactory, session: Json, fields: dict[str, str], *, confirming: bool) -> Response:
    step = payments.step(factory, session)
    action = fields.get("action", "complete" if confirming else "pay")
    if action == "cancel" and step in (Step.PAY, Step.CONFIRM) and session["cancel_url"]:
        return redirect(session["cancel_url"])
    if step == Step.CONFIRM and confirming:
        payments.confirm(factory, session, agreed=action != "fail")
    elif step == Step.PAY and not confirming:
        typed = fields.get("card_number", "")
        if not typed and session["amount_total"]:
            return as_html(200, markup.pay(session, error="Enter a card number."))
        payments.pay(factory, session, test_cards.by_number(typed), fields.get("email", ""))
    if session["status"] == "complete":
        return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    return _show(factory, session)


def _show(factory: ObjectFactory, session: Json) -> Response:
    step = payments.step(factory, session)
    if step == Step.EXPIRED:
        return as_html(410, markup.expired(session))
    if step == Step.DONE:
        return as_html(200, markup.done(session))
    if step == Step.CONFIRM:
        return as_html(200, markup.confirm(session))
    intent = factory.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else None
    refused = (intent or {}).get("last_payment_error")
    return as_html(200, markup.pay(session, error=refused["message"] if refused else ""))
