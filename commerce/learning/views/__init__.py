"""HTML views of learning.  lessons: complete one.  quizzes: start one, answer it, see the result."""

from commerce.learning.views.lessons import complete_course, complete_lesson
from commerce.learning.views.quizzes import result, start_quiz, take_quiz

__all__ = ["complete_course", "complete_lesson", "result", "start_quiz", "take_quiz"]
