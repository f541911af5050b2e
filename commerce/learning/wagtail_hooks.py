"""Hooks of learning: opening a lesson is noted, documents are guarded, and editors read whom they touch."""

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
def note_that_it_was_opened(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> None:
    if isinstance(page, LessonPage) and request.method == "GET" and request.user.is_authenticated:
        actions.open_lesson(person=request.user, lesson_id=page.pk, now=clock.now())


# Behind Wagtail's own hook, which leads to the form of a private collection.
@hooks.register("before_serve_document", order=10)
def refuse_whom_it_is_not_for(document: AcademyDocument, request: HttpRequest) -> None:
    """Refuse a document to those who may not read it, whichever view is about to serve it."""
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
def warn_of_many(request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any) -> None:
    """Say it with the result: the page that asks whether to go on has no place for it."""
    for sentence in warnings([one for one in objects if isinstance(one, Page)], action_type):
        messages.warning(request, sentence)


def _warn_before(request: HttpRequest, pages: list[Page], act: str) -> None:
    # The page that asks whether to go on is fetched; its answer is posted.
    if request.method == "GET":
        for sentence in warnings(pages, act):
            messages.warning(request, sentence)
