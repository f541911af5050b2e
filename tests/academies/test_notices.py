"""It holds that a message is written once, in the academy's words, with its own links."""

import pytest
from django.core import mail

from academies.kernel import clock
from academies.notices import actions as notices
from academies.notices.models import Delivery, Wording
from academies.outbox import actions as outbox


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


def test_an_editor_s_words_replace_ours_and_can_t_do_more(learner, template):
    Wording.objects.create(
        kind="baked", subject="Hello {{ name }}\nBcc: x@y.example", body="{{ loaf }} {{ settings.SECRET_KEY }}"
    )

    _send(learner)
    outbox.drain()

    (message,) = mail.outbox
    assert message.subject == "Hello Lena Bcc: x@y.example"
    assert message.body == "7 "
