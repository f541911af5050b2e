"""Page door of learning: opening a lesson is noted."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from academies.kernel import clock
from catalog.courses.models import LessonPage
from commerce.learning import actions


@hooks.register("before_serve_page")
def note_that_it_was_opened(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> None:
    if isinstance(page, LessonPage) and request.method == "GET" and request.user.is_authenticated:
        actions.open_lesson(person=request.user, lesson_id=page.pk, now=clock.now())
