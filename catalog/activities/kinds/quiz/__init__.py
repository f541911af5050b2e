"""Questions with right answers, graded on the server. Complete when passed."""

from django.utils.translation import gettext_lazy as _

from catalog.activities.kinds.quiz.block import QuizBlock, body
from catalog.activities.kinds.quiz.questions import QUIZ
from catalog.activities.registry import Completion, Kind

KIND = Kind(
    name="quiz",
    label=_("Quiz"),
    icon="help",
    block=QuizBlock,
    completion=Completion.PASSED,
    template="activities/quiz.html",
    body=body,
    quiz=QUIZ,
)
