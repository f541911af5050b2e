"""Send emails, once per key."""

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

# The outbox retries at growing intervals up to an hour: about a day and a half in all.
GIVE_UP_AFTER = 48


def send(*, kind: str, key: str, person: User, now: datetime, **context: Any) -> Delivery | None:
    """Queue an email to a person. Returns None, and queues nothing, if there is one with the same key.

    kind: names `templates/mail/<kind>.txt`, whose first line is the subject, and the MessageTemplate that may replace it.
    context: JSON and Money; `name`, `academy` and `origin` are added; `link`, a path with a secret, is removed after sending.
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
    """Send a queued email. One that was sent or has failed for good is left alone.

    Raises the errors of the mail server or of the template, so that the outbox retries; the row counts attempts and keeps
    the last error.
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
    """Return subject and body of an email as it would be sent now, for a confirmation page."""
    return compose(Delivery(kind=kind, context=context))


def _close(delivery: Delivery, status: Delivery.Status) -> None:
    delivery.status = status
    # The secret in the link must not stay in the database.
    delivery.context.pop("link", None)


def compose(delivery: Delivery) -> tuple[str, str]:
    """Return subject and body: the academy's MessageTemplate, or the default text."""
    academy = tenants.current()
    context = {**delivery.context, "academy": academy.name, "origin": tenants.base_url(academy)}
    template = MessageTemplate.objects.filter(kind=delivery.kind).first()
    with translation.override(page_language(academy)):
        if template:
            return _one_line(render(template.subject, context)), render(template.body, context)
        subject, _, body = render_to_string(f"mail/{delivery.kind}.txt", context).strip().partition("\n")
    return _one_line(subject), body.strip() + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
