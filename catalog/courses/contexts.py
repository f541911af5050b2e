"""What the templates of this room are told beside their page."""

from typing import Any

from catalog.courses.models import CourseIndexPage, CoursePage, LessonPage
from catalog.courses.models.lesson import course_of
from catalog.courses.queries import instructors, listing, outline
from catalog.library import told


@told.of(CourseIndexPage)
def of_list(page: CourseIndexPage, request: Any) -> dict[str, Any]:
    return listing(request.GET)


@told.of(CoursePage)
def of_course(page: CoursePage, request: Any) -> dict[str, Any]:
    return {"course": page, "outline": outline(page), "instructors": instructors(page)}


@told.of(LessonPage)
def of_lesson(page: LessonPage, request: Any) -> dict[str, Any]:
    course = course_of(page)
    return {"course": course, "outline": outline(course), "lesson": page}
