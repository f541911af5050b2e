"""The admin's forms as a browser submits them."""

from datetime import timedelta
from typing import Any

from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from academies.kernel import clock
from tests.e2e.clients import Page, Visitor

Form = dict[str, Any]


def add_page(editor: Visitor, model: str, parent: int, form: Form, *, publish: bool = True) -> Page:
    """Add a page in the admin, published or as a draft. Returns the page that the editor is led to."""
    path = f"/admin/pages/add/{model}/{parent}/"
    token = editor.get(path).soup.find("input", {"name": "csrfmiddlewaretoken"})
    assert token, f"{path} has no form"
    sent = {**nested_form_data(form), "csrfmiddlewaretoken": token["value"]}
    page = editor.post(path, {**sent, "action-publish": "1"} if publish else sent)
    assert page.status == 200
    assert "could not be created" not in page.text, page.words
    return page


def course(title: str, slug: str, **over: Any) -> Form:
    return {
        "title": title, "slug": slug, "summary": f"{title}, from the first day on.", "level": "beginner",
        "description": rich_text("<p>Bread without yeast.</p>"), "outcomes": streamfield([("outcome", "Feed a starter")]),
        "faq": streamfield([]), "course_instructors": inline_formset([]), "completion_rule": "all_lessons",
        "completion_percent": "100", "gives_certificate": "on", "certificate_hours": "6.5", "cpd_credits": "0",
        "comments": inline_formset([]), **over,
    }  # fmt: skip


def section(title: str, slug: str) -> Form:
    return {"title": title, "slug": slug, "summary": "", "comments": inline_formset([])}


def lesson(title: str, slug: str, activity: tuple[str, Form], **over: Any) -> Form:
    return {
        "title": title, "slug": slug, "minutes": "8", "activity": streamfield([activity]),
        "comments": inline_formset([]), **over,
    }  # fmt: skip


def text(words: str) -> tuple[str, Form]:
    return "text", {"text": rich_text(f"<p>{words}</p>")}


def quiz(question: str, options: dict[str, bool], **over: Any) -> tuple[str, Form]:
    """A quiz of one question with one right option."""
    question_block = {
        "kind": "single", "text": question, "points": "1", "tolerance": "", "feedback": "", "accepted": streamfield([]),
        "options": _items({"text": text, **({"right": "on"} if right else {})} for text, right in options.items()),
    }  # fmt: skip
    return "quiz", {
        "introduction": "", "pass_percent": "100", "attempts_allowed": "0", "limit_minutes": "0", "shuffle": "on",
        "feedback_policy": "answers", "questions": _items([question_block]), **over,
    }  # fmt: skip


def _items(values: Any) -> Form:
    return streamfield([("item", value) for value in values])


def event(title: str, slug: str, *, seats: int, price_minor: int = 0, **over: Any) -> Form:
    starts = clock.now() + timedelta(days=14)
    date = {
        "title": "", "starts_at": f"{starts:%Y-%m-%d %H:%M}", "ends_at": f"{starts + timedelta(hours=3):%Y-%m-%d %H:%M}",
        "seats": str(seats), "waiting_list": "on", "hold_minutes": "60", "price": f"{price_minor / 100:.2f}",
        "opens_at": "", "closes_at": "", "cpd_minutes": "60",
    }  # fmt: skip
    return {
        "title": title, "slug": slug, "summary": f"Come to {title}.", "attendance": "in_person", "late_refund_percent": "0",
        "description": rich_text("<p>Flour on the floor.</p>"), "agenda": rich_text(""),
        "joining_instructions": "Ring the bell twice.", "offerings": inline_formset([date]),
        "event_speakers": inline_formset([]), "comments": inline_formset([]), **over,
    }  # fmt: skip
