"""Hooks of learning: opening a lesson is noted, and whoever wants a document is asked for."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from academies.kernel import clock, errors, policies
from catalog.courses.models import LessonPage
from catalog.library.models import AcademyDocument
from commerce.enrolments.actions import NotEnrolled
from commerce.learning import actions


@hooks.register("before_serve_page")
def note_that_it_was_opened(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> None:
    if isinstance(page, LessonPage) and request.method == "GET" and request.user.is_authenticated:
        actions.open_lesson(person=request.user, lesson_id=page.pk, now=clock.now())


# Behind Wagtail's own hook, which leads to the form of a private collection.
@hooks.register("before_serve_document", order=10)
def refuse_whom_it_is_not_for(document: AcademyDocument, request: HttpRequest) -> None:
    """Refuse a document to those who may not read it, whichever view is about to serve it."""
    if not policies.may("learning.read_document", request.user, document):
        raise NotEnrolled() if request.user.is_authenticated else errors.Unauthenticated()
