"""Courses as editors write them. Nouns: CourseIndexPage, CoursePage, SectionPage, LessonPage, Category, Instructor.

A course's identity is the page's translation key: one course in two languages is one enrolment. Who may attend a lesson
is asked by the policy "courses.attend", which commerce answers; who may read its files by "courses.read_files".
"""
