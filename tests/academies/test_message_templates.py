"""Message templates in the admin: editing, refusal of invalid placeholders, and sent emails."""

import pytest
from django.template import TemplateSyntaxError
from django.urls import reverse

from academies.kernel import clock
from academies.notifications import actions as notices
from academies.notifications.default_templates import LABELS, default_templates, render
from academies.notifications.models import Delivery, MessageTemplate
from academies.tenants.context import inside
from tests.fixtures.http_client import client_for

ADD = "wagtailsnippets_notices_messagetemplate:add"
GOOD = {"kind": "verify_email", "subject": "Is it you, {{ name }}?", "body": "Say so: {{ origin }}{{ link }}"}


@pytest.mark.parametrize("kind", LABELS)
def test_every_default_template_renders_with_its_sample_values(north, kind):
    with inside("north"):
        standard = default_templates()[kind]

    text = render(standard.subject + standard.body, standard.sample())

    assert text.strip()
    assert "{{" not in text


def test_the_owner_writes_the_academy_s_own_template(owner):
    desk = client_for(owner)
    form = desk.get(reverse(ADD)).content.decode()

    desk.post(reverse(ADD), GOOD)

    with inside("north"):
        assert MessageTemplate.objects.get().subject == GOOD["subject"]
    assert "Standard text" in form
    assert "{{ link }}" in form


@pytest.mark.parametrize(
    "over",
    [
        {"kind": "no_such_mail"},
        {"body": "Say so: {% if %}{{ origin }}{{ link }}"},
        {"body": "{% include 'base.html' %}{{ link }}"},
        {"subject": "{{ name|nonsense }}"},
        {"body": "It is you, isn't it?"},
        {"body": "Say so: {{ origin }}{{ link|ljust:9000000000 }}"},
    ],
    ids=["unknown", "broken", "reaches out", "no filter", "without its link", "huge"],
)
def test_a_template_that_could_not_be_sent_is_refused(over, owner):
    response = client_for(owner).post(reverse(ADD), {**GOOD, **over})

    assert response.status_code == 200
    with inside("north"):
        assert not MessageTemplate.objects.exists()


HUGE = [
    '{{ name|ljust:"9000000000" }}', '{{ name|stringformat:"999999999d" }}', "{{ name|floatformat:99999999 }}",
    '{{ name|join:"xxxxxxxxxx"|join:"xxxxxxxxxx" }}', "{{ name|add:name }}", "{% lorem 99999999 p %}",
    "{% with a=name %}{{ a }}{% endwith %}", "{% for a in origin %}{% for b in origin %}{{ b }}{% endfor %}{% endfor %}",
    "{% for a in origin %}{% if a %}{% for b in origin %}{{ b }}{% endfor %}{% endif %}{% endfor %}",
    '{% for a in "' + "x" * 1000 + '" %}x{% endfor %}', "x" * 10_001, "{% now 'Y' %}", "{% debug %}", "{% load i18n %}",
    "{% if name %}" * 400 + "{% endif %}" * 400,
]  # fmt: skip


@pytest.mark.parametrize("text", HUGE, ids=lambda text: text[:40])
def test_a_template_that_would_make_much_out_of_little_is_refused_unrendered(text):
    with pytest.raises(TemplateSyntaxError):
        render(text, {"name": "Ana", "origin": "https://academy.example"})


def test_a_template_may_use_conditions_loops_and_case_filters():
    text = "{% if by %}{{ by|upper }}{% else %}We{% endif %}: {% for item in items %}{{ item|lower }}, {% endfor %}{{ x|default:'-' }}"

    assert render(text, {"by": "Olga", "items": ["Rye", "Oat & <b>"]}) == "OLGA: rye, oat & <b>, -"


@pytest.mark.parametrize("who", ["editor", "finance", "teacher"])
def test_nobody_else_changes_what_mails_say(who, request):
    response = client_for(request.getfixturevalue(who)).post(reverse(ADD), GOOD)

    assert response.status_code == 302
    with inside("north"):
        assert not MessageTemplate.objects.exists()


def test_the_owner_sees_what_was_sent_and_never_its_secret(owner, finance, learner):
    sent = notices.send(kind="verify_email", key="one", person=learner, now=clock.now(), link="/secret-in-a-link/")
    listed, detail = "/admin/notices/delivery/", f"/admin/notices/delivery/inspect/{sent.pk}/"
    desk, other = client_for(owner), client_for(finance)

    pages = [desk.get(listed).content.decode(), desk.get(detail).content.decode()]

    for page in pages:
        assert learner.email in page
        assert "Verify email" in page
        assert "secret-in-a-link" not in page
    assert other.get(listed).status_code == 302
    with inside("north"):
        assert Delivery.objects.get().context["link"]
