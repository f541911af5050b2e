"""HTML doors of learning.  lessons: one is done.  quizzes: one is started, answered and looked at."""

from commerce.learning.views.lessons import complete, finish
from commerce.learning.views.quizzes import result, sit, start_quiz

__all__ = ["complete", "finish", "result", "sit", "start_quiz"]
