"""HTML doors of lessons: one is done, and what comes after it. Without JavaScript."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from academies.kernel import clock
from catalog.activities.registry import Completion
from catalog.courses import queries as courses
from catalog.courses.models import LessonPage
from catalog.courses.models.lesson import course_of
from catalog.courses.types import OutlineLesson
from commerce.enrolments.models import Enrolment
from commerce.learning import actions
from commerce.learning.queries import Place

MY_LEARNING = "my_learning"


@require_POST
@login_required
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Complete one's own course when nothing is left that could be done."""
    enrolment = get_object_or_404(Enrolment.objects.attending(), pk=pk, person=request.user)
    actions.finish(enrolment=enrolment, now=clock.now())
    messages.success(request, _("You have completed %(course)s.") % {"course": enrolment.course_title})
    return redirect(MY_LEARNING)


def lesson_action(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Call a view with what somebody who attends sends from a lesson: the lesson, their place in it, and the moment.

    Others are led to the sign-in or to the lesson's page. Raises what `take_place` raises.
    """

    @never_cache
    @wraps(view)
    def called(request: HttpRequest, lesson_id: int) -> HttpResponse:
        lesson = get_object_or_404(LessonPage.objects.live(), pk=lesson_id)
        if not request.user.is_authenticated:
            return redirect_to_login(lesson.url)
        if request.method != "POST":
            return redirect(lesson.url)
        now = clock.now()
        place = actions.take_place(person=request.user, lesson_id=lesson_id, now=now)
        return view(request, lesson=lesson, place=place, now=now)

    return called


@lesson_action
def complete(request: HttpRequest, *, lesson: LessonPage, place: Place, now: datetime) -> HttpResponse:
    """Mark a lesson as done, and go on to the next."""
    enrolment = cast(Enrolment, place.enrolment)
    was_completed = enrolment.completed_at is not None
    how = actions.watch_all if lesson.kind.completion == Completion.WATCHED else actions.view
    progress = how(enrolment=enrolment, lesson=lesson, now=now, known=place.progress)
    if progress.completed_at is None:
        messages.warning(
            request,
            _(
                "So far %(percent)d%% of it counts, by the time since you opened it. Watch it to its end, then press again."
            )
            % {"percent": progress.percent},
        )
        return redirect(lesson.url)
    if enrolment.completed_at is not None and not was_completed:
        # The lesson's page says it, and shows the certificate.
        return redirect(f"{lesson.url}#completed")
    following = next_lesson(lesson)
    return redirect(following.url if following else MY_LEARNING)


def next_lesson(lesson: LessonPage) -> OutlineLesson | None:
    lessons = courses.outline(course_of(lesson)).lessons
    at = next((number for number, one in enumerate(lessons) if one.key == lesson.translation_key), len(lessons))
    return lessons[at + 1] if at + 1 < len(lessons) else None
