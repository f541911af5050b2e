"""Writing to people, once per key."""

from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation

from academies.kernel.money import Money
from academies.notifications.default_templates import render
from academies.notifications.models import Delivery, MessageTemplate
from academies.outbox import actions as outbox
from academies.people.models import User
from academies.tenants import queries as tenants
from academies.tenants.languages import page_language
from academies.tenants.money_format import format_money

# The outbox tries less and less often, then once an hour: about a day and a half.
GIVE_UP_AFTER = 48


def send(*, kind: str, key: str, person: User, now: datetime, **context: Any) -> Delivery | None:
    """Queue one message to one person. A second one with the same key is not queued, and None is returned.

    kind: names `templates/mail/<kind>.txt`, whose first line is the subject, and the wording that may replace it.
    context: JSON, and amounts of money; `name`, `academy` and `origin` are added, and `link`, a path with a secret, is
    forgotten when sent.
    """
    try:
        with transaction.atomic():
            delivery = Delivery.objects.create(
                key=key,
                kind=kind,
                person=person,
                to=person.email,
                context={**_written(context), "name": person.get_short_name()},
                created_at=now,
            )
    except IntegrityError:
        return None
    outbox.later("notices.deliver", key=f"notice:{delivery.pk}", payload={"delivery_id": str(delivery.pk)})
    return delivery


def _written(context: dict[str, Any]) -> dict[str, Any]:
    with translation.override(page_language()):
        return {name: format_money(value) if isinstance(value, Money) else value for name, value in context.items()}


def deliver(*, delivery_id: str, now: datetime) -> Delivery:
    """Hand a queued message to the mail server. One that was sent, or given up, is left alone.

    Raises what the mail server or the wording raises, so that it is tried again; the row tells how often, and why.
    """
    delivery = Delivery.objects.get(pk=delivery_id)
    if delivery.status != Delivery.Status.QUEUED:
        return delivery
    delivery.attempts += 1
    try:
        subject, body = compose(delivery)
        EmailMessage(
            subject, body, tenants.sender(), [delivery.to], headers={"X-Lyceum-Notice": str(delivery.pk)}
        ).send()
    except Exception as error:
        delivery.error = f"{type(error).__name__}: {error}"[:2000]
        if delivery.attempts >= GIVE_UP_AFTER:
            _close(delivery, Delivery.Status.FAILED)
        delivery.save(update_fields=["status", "attempts", "error", "context"])
        raise
    delivery.sent_at, delivery.error = now, ""
    _close(delivery, Delivery.Status.SENT)
    delivery.save(update_fields=["status", "sent_at", "attempts", "error", "context"])
    return delivery


def preview(*, kind: str, **context: Any) -> tuple[str, str]:
    """Return subject and body of a message as it would be sent now, for a page that asks before it is sent."""
    return compose(Delivery(kind=kind, context=context))


def _close(delivery: Delivery, status: Delivery.Status) -> None:
    delivery.status = status
    # A link with a secret in it is in the letter now, or in none, and nowhere else.
    delivery.context.pop("link", None)


def compose(delivery: Delivery) -> tuple[str, str]:
    """Return subject and body: the academy's own wording, or the file's."""
    academy = tenants.current()
    context = {**delivery.context, "academy": academy.name, "origin": tenants.base_url(academy)}
    wording = MessageTemplate.objects.filter(kind=delivery.kind).first()
    with translation.override(page_language(academy)):
        if wording:
            return _one_line(render(wording.subject, context)), render(wording.body, context)
        subject, _, body = render_to_string(f"mail/{delivery.kind}.txt", context).strip().partition("\n")
    return _one_line(subject), body.strip() + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
