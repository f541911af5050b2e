"""The syllabus of a course, apart from its pages."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class LessonKind:
    """name: as in the API.  label: for people.  completion: viewed, watched or passed."""

    name: str
    label: str
    completion: str


@dataclass(frozen=True)
class OutlineLesson:
    """One live lesson. key: its translation key, which progress is stored under.  url: on the academy's host."""

    id: int
    key: UUID
    title: str
    slug: str
    kind: LessonKind
    minutes: int
    free_preview: bool
    url: str

    @property
    def pk(self) -> int:
        return self.id

    @property
    def completion(self) -> str:
        return self.kind.completion


@dataclass(frozen=True)
class OutlineSection:
    id: int
    title: str
    slug: str
    summary: str
    lessons: tuple[OutlineLesson, ...]

    @property
    def pk(self) -> int:
        return self.id

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)


@dataclass(frozen=True)
class Outline:
    """The live sections of a course, in order, with their live lessons."""

    course_key: UUID
    sections: tuple[OutlineSection, ...]

    @property
    def lessons(self) -> tuple[OutlineLesson, ...]:
        return tuple(lesson for section in self.sections for lesson in section.lessons)

    @property
    def lesson_count(self) -> int:
        return sum(len(section.lessons) for section in self.sections)

    @property
    def minutes(self) -> int:
        return sum(section.minutes for section in self.sections)


@dataclass(frozen=True, slots=True)
class Parts:
    """How many pages are below a course, drafts included."""

    lessons: int
    draft_sections: int
    draft_lessons: int
