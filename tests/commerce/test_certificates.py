"""Certificates: issued, verified, revoked, reissued."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from academies.journal.models import Entry
from academies.kernel import clock, codes
from academies.outbox import actions as outbox
from academies.outbox.models import Message
from academies.tenants.context import inside
from catalog.courses.models import CourseInstructor, Instructor
from commerce.certificates import actions, invariants, queries, rules
from commerce.certificates.models import Certificate
from commerce.certificates.pdf import render
from commerce.learning import actions as learning
from commerce.learning import invariants as learning_invariants
from commerce.learning.models import Attempt, Progress
from home.pages.models import Brand
from tests.fixtures import lesson_factory
from tests.fixtures.http_client import client_for

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


# --- Codes and standing ---------------------------------------------------------------------------------------------
@given(st.sampled_from(["-", " ", "", " - ", "–", "—", "."]), st.booleans())
def test_a_code_is_read_however_it_is_typed(between, low):
    code = codes.random_code()
    typed = code.replace("-", between)

    assert rules.normal_code(f" {typed.lower() if low else typed} ") == code


@given(st.text(max_size=300))
def test_any_text_is_a_code_or_none(text):
    normal = rules.normal_code(text)

    assert normal == "" or rules.normal_code(normal) == normal


@pytest.mark.parametrize(
    ("status", "expires", "shown_status"),
    [
        ("valid", None, "valid"),
        ("valid", date(2026, 3, 2), "valid"),
        ("valid", date(2026, 3, 1), "expired"),
        ("revoked", date(2026, 3, 1), "revoked"),
        ("replaced", None, "replaced"),
    ],
)
def test_the_last_day_still_counts(status, expires, shown_status):
    assert rules.effective_status(status=status, expires_on=expires, today=date(2026, 3, 2)) == shown_status


# --- Issuing --------------------------------------------------------------------------------------------------------
def complete(person, **fields):
    """Complete a course of one lesson, and deliver what follows."""
    page = lesson_factory.course(lessons=[lesson_factory.TEXT], **fields)
    enrolment = lesson_factory.enrolled(person, page)
    learning.mark_viewed(enrolment=enrolment, lesson=lesson_factory.lessons_of(page)[0], now=NOW)
    outbox.drain()
    return enrolment


@pytest.fixture
def certificate(learner):
    return complete(learner).certificates.get()


def test_a_certificate_holds_what_was_true_on_the_day(learner):
    page = lesson_factory.course(
        lessons=[lesson_factory.TEXT],
        certificate_hours=Decimal("6.5"),
        cpd_credits=2,
        certificate_title="Bread, level 1",
    )
    teacher = Instructor.objects.create(name="Tilda Teach", slug="tilda")
    CourseInstructor.objects.create(course=page, instructor=teacher, sort_order=0)
    page.save_revision().publish()
    enrolment = lesson_factory.enrolled(learner, page)
    learning.mark_viewed(enrolment=enrolment, lesson=lesson_factory.lessons_of(page)[0], now=NOW)

    outbox.drain()
    learner.full_name = "Somebody Else"
    learner.save()

    held = Certificate.objects.get()
    assert (held.holder, held.title, held.academy) == ("Lena Learner", "Bread, level 1", "Northlight School of Baking")
    assert (held.hours, held.credits, held.instructors) == (Decimal("6.5"), 2, ["Tilda Teach"])
    assert (held.issued_on, held.status) == (date(2026, 3, 2), "valid")
    page.refresh_from_db()
    assert held.revision_id == page.live_revision_id


def test_the_day_is_the_academys_however_late_the_fact_arrives(learner, north, monkeypatch):
    monkeypatch.setattr(north, "time_zone", "Pacific/Auckland")
    page = lesson_factory.course(lessons=[lesson_factory.TEXT])
    enrolment = lesson_factory.enrolled(learner, page)
    learning.mark_viewed(
        enrolment=enrolment, lesson=lesson_factory.lessons_of(page)[0], now=datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    )

    outbox.drain()

    assert Certificate.objects.get().issued_on == date(2026, 3, 3)


def test_one_certificate_is_issued_and_one_email_sent_however_often_the_fact_arrives(learner):
    enrolment = complete(learner)

    for _ in range(3):
        actions.issue(enrolment=enrolment, now=clock.now())
    outbox.drain()

    [email] = [message for message in mail.outbox if "certificate" in message.subject.lower()]
    assert Certificate.objects.count() == 1
    assert f"http://north.localhost:8000/verify/{Certificate.objects.get().code}/" in email.body
    assert Entry.objects.filter(verb="certificates.issued").count() == 1


def test_a_course_may_give_none(learner):
    enrolment = complete(learner, gives_certificate=False)

    enrolment.refresh_from_db()
    assert enrolment.status == "completed"
    assert not Certificate.objects.exists()


def test_what_is_not_completed_is_not_certified(learner):
    enrolment = lesson_factory.enrolled(learner, lesson_factory.course())

    assert actions.issue(enrolment=enrolment, now=NOW) is None


def test_a_revoked_one_is_not_issued_again_by_a_late_fact(learner, certificate):
    actions.revoke(certificate=certificate, by=None, reason="Handed in another's work.", now=NOW)

    again = actions.issue(enrolment=certificate.enrolment, now=NOW)

    assert again.status == "revoked"
    assert Certificate.objects.count() == 1


def test_the_database_keeps_a_second_one_out(certificate):
    certificate.pk, certificate.code = codes.uuid7(), codes.random_code()

    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.save(force_insert=True)


# --- Revoking and reissuing -----------------------------------------------------------------------------------------
def test_revoking_is_told_and_remembered(desk, certificate):
    revoked = actions.revoke(certificate=certificate, by=desk, reason=" Wrong person. ", now=NOW)

    assert (revoked.status, revoked.revoked_at, revoked.revoked_because) == ("revoked", NOW, "Wrong person.")
    entry = Entry.objects.get(verb="certificates.revoked")
    assert (entry.by_id, entry.details) == (desk.pk, {"before": "valid", "reason": "Wrong person."})
    with pytest.raises(actions.NotValid):
        actions.revoke(certificate=certificate, by=desk, reason="Again.", now=NOW)


def test_revoking_needs_a_reason(desk, certificate):
    with pytest.raises(actions.ReasonMissing):
        actions.revoke(certificate=certificate, by=desk, reason="  ", now=NOW)


@pytest.mark.parametrize("revoked", [False, True])
def test_a_new_name_needs_a_new_certificate(learner, desk, certificate, revoked):
    if revoked:
        actions.revoke(certificate=certificate, by=desk, reason="Wrong name.", now=NOW)
    learner.full_name = "Lena Newname"
    learner.save()

    new = actions.reissue(certificate=certificate, by=desk, now=NOW + timedelta(days=3))

    certificate.refresh_from_db()
    assert (certificate.status, certificate.replaced_by, certificate.holder) == ("replaced", new, "Lena Learner")
    assert (new.status, new.holder, new.issued_on) == ("valid", "Lena Newname", certificate.issued_on)
    assert new.code != certificate.code
    assert (new.revoked_because, new.revoked_at, new.replaced_by) == ("", None, None)
    with pytest.raises(actions.Replaced):
        actions.reissue(certificate=certificate, by=desk, now=NOW)


# --- Verifying ------------------------------------------------------------------------------------------------------
API = "/api/v1/certificates"


def _make(state, certificate, desk):
    if state == "revoked":
        actions.revoke(certificate=certificate, by=desk, reason="Wrong person.", now=NOW)
    if state == "replaced":
        actions.reissue(certificate=certificate, by=desk, now=NOW)
    if state == "expired":
        Certificate.objects.update(expires_on=date(2020, 1, 1))


@pytest.mark.parametrize("state", ["valid", "revoked", "replaced", "expired"])
def test_a_stranger_is_told_the_state_and_nothing_else(certificate, desk, state):
    _make(state, certificate, desk)

    payload = client_for().get(f"{API}/verify/{certificate.code.lower().replace('-', '')}/").json()
    page = client_for().get(f"/verify/{certificate.code}/")

    assert payload == {
        "code": certificate.code,
        "holder": "Lena Learner",
        "title": "Sourdough",
        "issued_on": "2026-03-02",
        "expires_on": "2020-01-01" if state == "expired" else None,
        "hours": None,
        "credits": "0.0",
        "status": state,
        **{flag: flag == state for flag in ("valid", "revoked", "expired", "replaced")},
    }
    assert "lena@" not in page.content.decode() + json.dumps(payload)
    assert "Wrong person" not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert "Lena Learner" in page.content.decode()


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC", "x", "1234", "☃", "A" * 300, "..", "'; DROP TABLE"])
def test_an_unknown_code_is_not_found(north, code):
    assert client_for().get(f"{API}/verify/{code}/").status_code == 404
    assert client_for().get(f"/verify/{code}/").status_code == 404
    assert client_for().get("/verify/", {"code": code}).status_code == 404


def test_the_form_leads_to_the_page(certificate):
    empty = client_for().get("/verify/")
    typed = client_for().get("/verify/", {"code": f"  {certificate.code.lower()} "})

    assert empty.status_code == 200
    assert (typed.status_code, typed["Location"]) == (302, f"/verify/{certificate.code}/")


def test_another_academy_knows_no_such_code(certificate, south):
    assert client_for(host="south.localhost").get(f"{API}/verify/{certificate.code}/").status_code == 404


# --- Fetching -------------------------------------------------------------------------------------------------------
def test_ones_own_are_listed_read_and_fetched(learner, certificate):
    browser = client_for(learner)

    listed = browser.get(f"{API}/").json()
    read = browser.get(f"{API}/{certificate.pk}/").json()
    sheets = [
        browser.get(path)
        for path in (f"{API}/{certificate.pk}/download/", f"/my/certificates/{certificate.pk}/download/")
    ]

    assert (listed["count"], listed["results"]) == (1, [read])
    assert read["verify_url"] == f"http://north.localhost:8000/verify/{certificate.code}/"
    assert {"id", "code", "title", "holder", "issued_on", "status"} <= set(read)
    for sheet in sheets:
        assert sheet["Content-Type"] == "application/pdf"
        assert sheet.content.startswith(b"%PDF-")
        assert "private" in sheet["Cache-Control"]


@pytest.mark.parametrize(
    ("who", "api", "page"),
    [("stranger", 404, 404), ("editor", 404, 404), ("desk", 404, 200), ("owner", 404, 200), (None, 401, 302)],
)
def test_others_do_not_fetch_it(request, certificate, who, api, page):
    with inside("north"):
        browser = client_for(request.getfixturevalue(who) if who else None)

    responses = [browser.get(f"{API}/{certificate.pk}/{more}") for more in ("", "download/")]
    sheet = browser.get(f"/my/certificates/{certificate.pk}/download/")

    assert {response.status_code for response in responses} == {api}
    assert sheet.status_code == page


def test_a_revoked_sheet_says_so(learner, certificate, desk):
    valid = client_for(learner).get(f"{API}/{certificate.pk}/download/").content
    with inside("north"):
        actions.revoke(certificate=certificate, by=desk, reason="Wrong person.", now=NOW)
        assert queries.certificate_data(Certificate.objects.get(), NOW, brand_colour="#000000").status == "revoked"

    revoked = client_for(learner).get(f"{API}/{certificate.pk}/download/").content

    assert revoked != valid


def test_an_expired_sheet_says_so(learner, certificate):
    valid = client_for(learner).get(f"{API}/{certificate.pk}/download/").content
    with inside("north"):
        Certificate.objects.update(expires_on=date(2020, 1, 1))

    expired = client_for(learner).get(f"{API}/{certificate.pk}/download/").content

    assert len(expired) > len(valid)


def test_the_pdf_has_the_brand_colour_on_the_site_and_in_the_api(learner, certificate):
    with inside("north"):
        brand = Brand.load()
        brand.colour = "#0f766e"
        brand.save()

    site = client_for(learner).get(f"/my/certificates/{certificate.pk}/download/")
    api = client_for(learner).get(f"{API}/{certificate.pk}/download/")

    with inside("north"):
        data = queries.certificate_data(certificate, NOW, brand_colour="#0f766e")
    assert data.verify_url.startswith("http://north.localhost:8000/verify/")
    assert site.content == api.content == render(data)


# --- Audit ----------------------------------------------------------------------------------------------------------
def test_an_audit_finds_nothing_after_an_ordinary_course(certificate, desk):
    actions.reissue(certificate=certificate, by=desk, now=NOW)
    later = NOW + timedelta(days=1)

    assert learning_invariants.violations(now=later) + invariants.violations(now=later) == []


def test_an_audit_names_what_does_not_hold(certificate, learner):
    enrolment = certificate.enrolment
    Message.objects.filter(name="fact:CourseCompleted").update(delivered_at=None, created_at=NOW)
    Attempt.objects.create(
        enrolment=enrolment, lesson_key=codes.uuid7(), number=1, questions=[], answer_key={}, max_score=1, started_at=NOW,
        deadline_at=NOW,
    )  # fmt: skip
    Attempt.objects.create(
        enrolment=enrolment, lesson_key=codes.uuid7(), number=1, questions=[], answer_key={}, max_score=1, started_at=NOW,
        status="submitted",
    )  # fmt: skip
    Progress.objects.update(started_at=NOW + timedelta(days=1))
    type(enrolment).objects.update(percent=50)
    for status in ("revoked", "replaced"):
        Certificate.objects.create(code=codes.random_code(), status=status, issued_on=NOW.date(), created_at=NOW)

    violations = learning_invariants.violations(now=NOW + timedelta(days=1)) + invariants.violations(
        now=NOW + timedelta(days=1)
    )

    assert len(violations) == 7
