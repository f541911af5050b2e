"""Views that complete lessons and courses without JavaScript."""

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
from commerce.learning.queries import LessonAccess

MY_LEARNING = "my_learning"


@require_POST
@login_required
def complete_course(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Complete your own course if its rule is met and no lesson is left to complete."""
    enrolment = get_object_or_404(Enrolment.objects.attending(), pk=pk, person=request.user)
    actions.complete_course(enrolment=enrolment, now=clock.now())
    messages.success(request, _("You have completed %(course)s.") % {"course": enrolment.course_title})
    return redirect(MY_LEARNING)


def lesson_action(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view for POST requests from a lesson page; it is called with the lesson, the access to it, and the time.

    Redirects anonymous users to the sign-in, and other methods to the lesson.  Raises what `require_lesson_access` raises.
    """

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, lesson_id: int) -> HttpResponse:
        lesson = get_object_or_404(LessonPage.objects.live(), pk=lesson_id)
        if not request.user.is_authenticated:
            return redirect_to_login(lesson.url)
        if request.method != "POST":
            return redirect(lesson.url)
        now = clock.now()
        access = actions.require_lesson_access(person=request.user, lesson_id=lesson_id, now=now)
        return view(request, lesson=lesson, access=access, now=now)

    return wrapper


@lesson_action
def complete_lesson(request: HttpRequest, *, lesson: LessonPage, access: LessonAccess, now: datetime) -> HttpResponse:
    """Complete a lesson, and redirect to the next one."""
    enrolment = cast(Enrolment, access.enrolment)
    was_completed = enrolment.completed_at is not None
    is_watched = lesson.kind.completion == Completion.WATCHED
    complete = actions.record_all_watched if is_watched else actions.mark_viewed
    progress = complete(enrolment=enrolment, lesson=lesson, now=now, known=access.progress)
    if progress.completed_at is None:
        messages.warning(
            request,
            _(
                "Only %(percent)d%% counts so far, by the time since you opened this lesson. Continue, and try again later."
            )
            % {"percent": progress.percent},
        )
        return redirect(lesson.url)
    if enrolment.completed_at is not None and not was_completed:
        # The lesson's page says so, and shows the certificate.
        return redirect(f"{lesson.url}#completed")
    following = next_lesson(lesson)
    return redirect(following.url if following else MY_LEARNING)


def next_lesson(lesson: LessonPage) -> OutlineLesson | None:
    lessons = courses.outline(course_of(lesson)).lessons
    keys = [outline_lesson.key for outline_lesson in lessons]
    if lesson.translation_key not in keys:
        return None
    following = keys.index(lesson.translation_key) + 1
    return lessons[following] if following < len(lessons) else None
