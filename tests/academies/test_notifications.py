"""Notifications: each is sent once, from the academy's template, with the academy's own links."""

from datetime import timedelta
from email.utils import parseaddr
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail

from academies.kernel import clock
from academies.notifications import actions as notices
from academies.notifications.models import Delivery, MessageTemplate
from academies.outbox import actions as outbox
from academies.tenants import queries as tenants


@pytest.fixture
def template(settings, tmp_path):
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "baked.txt").write_text(
        "Your bread, {{ name }}\n\nFetch it at {{ origin }}/bread/{{ loaf }}/\n"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]


def _send(person, key="bread:1"):
    return notices.send(kind="baked", key=key, person=person, now=clock.now(), loaf=7)


def test_a_message_carries_the_academy_s_name_and_host(learner, template):
    _send(learner)
    outbox.drain()

    (message,) = mail.outbox
    assert message.subject == "Your bread, Lena"
    assert "http://north.localhost:8000/bread/7/" in message.body
    assert "Northlight School of Baking" in message.from_email
    assert message.to == ["lena@north.example"]


def test_a_name_with_quotes_is_a_sender_like_any(learner, template, monkeypatch):
    monkeypatch.setattr(tenants.current(), "name", 'The "Rye" School, e.V.')

    _send(learner)
    outbox.drain()

    assert parseaddr(mail.outbox[0].from_email)[0] == 'The "Rye" School, e.V.'


def test_a_second_message_of_one_key_isn_t_sent(learner, template):
    assert _send(learner) is not None

    assert _send(learner) is None
    outbox.drain()

    assert len(mail.outbox) == 1
    assert Delivery.objects.get().status == Delivery.Status.SENT


def test_a_handed_over_message_isn_t_handed_over_again(learner, template):
    delivery = _send(learner)
    outbox.drain()

    notices.deliver(delivery_id=str(delivery.pk), now=clock.now())

    assert len(mail.outbox) == 1


@pytest.fixture
def mail_server_away(monkeypatch):
    def refuse(*args, **kwargs):
        raise SMTPServerDisconnected("please log in")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    return monkeypatch


def test_a_message_that_could_not_be_sent_says_why_and_is_sent_when_it_can_be(learner, template, mail_server_away):
    delivery = _send(learner)

    outbox.drain()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("queued", 1)
    assert "please log in" in delivery.error
    mail_server_away.undo()
    outbox.sweep(now=clock.now() + timedelta(minutes=1))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.error) == ("sent", 2, "")


def test_a_message_nobody_takes_is_given_up_and_its_secret_forgotten(learner, template, mail_server_away):
    delivery = notices.send(kind="baked", key="bread:1", person=learner, now=clock.now(), loaf=7, link="/secret/")
    Delivery.objects.update(attempts=notices.GIVE_UP_AFTER - 2)

    outbox.drain()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.context["link"]) == ("queued", "/secret/")

    outbox.sweep(now=clock.now() + timedelta(minutes=1))
    delivery.refresh_from_db()
    assert delivery.status == "failed"
    assert "link" not in delivery.context
    mail_server_away.undo()
    assert outbox.sweep(now=clock.now() + timedelta(hours=2)) == 1
    assert outbox.sweep(now=clock.now() + timedelta(hours=4)) == 0
    assert mail.outbox == []


def test_an_edited_template_replaces_the_default_and_can_t_do_more(learner, template):
    MessageTemplate.objects.create(
        kind="baked", subject="Hello {{ name }}\nBcc: x@y.example", body="{{ loaf }} {{ settings.SECRET_KEY }}"
    )

    _send(learner)
    outbox.drain()

    (message,) = mail.outbox
    assert message.subject == "Hello Lena Bcc: x@y.example"
    assert message.body == "7 "
