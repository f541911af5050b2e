"""Wagtail hooks: start lessons when they are opened, protect documents, warn editors who remove lessons."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from academies.kernel import clock, errors, policies
from catalog.courses.models import LessonPage
from catalog.library.models import AcademyDocument
from commerce.enrolments.actions import NotEnrolled
from commerce.learning import actions, queries
from commerce.learning.editor_warnings import warnings


@hooks.register("before_serve_page")
def start_opened_lesson(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> None:
    if isinstance(page, LessonPage) and request.method == "GET" and request.user.is_authenticated:
        actions.open_lesson(person=request.user, lesson_id=page.pk, now=clock.now())


# After Wagtail's own hook, which redirects to the password form of a private collection.
@hooks.register("before_serve_document", order=10)
def check_document_access(document: AcademyDocument, request: HttpRequest) -> None:
    """Raise a refusal if the user may not read the document, whichever view serves it."""
    if not policies.may("learning.read_document", request.user, document):
        raise NotEnrolled() if request.user.is_authenticated else errors.Unauthenticated()


@hooks.register("before_delete_page")
def warn_before_deleting(request: HttpRequest, page: Page) -> None:
    _warn_before(request, [page], "delete")


@hooks.register("before_move_page")
def warn_before_moving(request: HttpRequest, page: Page, destination: Page) -> None:
    course = queries.course_path(page)
    if course != page.path and not destination.path.startswith(course):
        _warn_before(request, [page], "move")


@hooks.register("before_bulk_action")
def warn_before_bulk_action(request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any) -> None:
    """Add the warnings to the result page: the confirmation page has no place for them."""
    for sentence in warnings([page for page in objects if isinstance(page, Page)], action_type):
        messages.warning(request, sentence)


def _warn_before(request: HttpRequest, pages: list[Page], act: str) -> None:
    # GET is the confirmation page, POST the confirmation.
    if request.method == "GET":
        for sentence in warnings(pages, act):
            messages.warning(request, sentence)
