from catalog.courses.models.course import CourseIndexPage, CourseInstructor, CoursePage
from catalog.courses.models.lesson import LessonPage, SectionPage
from catalog.courses.models.people import Category, Instructor

__all__ = ["Category", "CourseIndexPage", "CourseInstructor", "CoursePage", "Instructor", "LessonPage", "SectionPage"]
