"""The editor's form of a quiz. Item ids of its lists are the ids of questions and options."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    DecimalBlock,
    IntegerBlock,
    ListBlock,
    StructBlock,
    StructValue,
    TextBlock,
)

from catalog.activities.blocks import CheckedStructBlock
from catalog.activities.kinds.quiz import rules


class OptionBlock(StructBlock):
    text = CharBlock(required=False)
    right = BooleanBlock(required=False, default=False)

    class Meta:
        icon = "tick"
        label_format = "{text}"


class QuestionBlock(CheckedStructBlock):
    kind = ChoiceBlock(
        choices=[
            ("single", _("One right option")),
            ("multi", _("Several right options")),
            ("text", _("Short text")),
            ("number", _("Number")),
        ],
        default="single",
    )
    text = TextBlock()
    points = IntegerBlock(min_value=1, max_value=100, default=1)
    options = ListBlock(
        OptionBlock(),
        default=[{}, {}],
        required=False,
        help_text=_("For the two kinds with options. Options without a text are left out."),
    )
    accepted = ListBlock(
        CharBlock(),
        default=[],
        required=False,
        help_text=_("For short text: each accepted answer. For a number: the number."),
    )
    tolerance = DecimalBlock(required=False, min_value=0, help_text=_("For a number: how far off still counts."))
    feedback = TextBlock(required=False, help_text=_("Shown with the result."))

    class Meta:
        icon = "help"
        label_format = "{text}"

    def faults(self, value: StructValue) -> dict[str, str]:
        written = rules.written(value["options"])
        right = sum(1 for option in written if option["right"])
        accepted = [answer for answer in value["accepted"] if answer]
        match value["kind"]:
            case "single" if len(written) < 2 or right != 1:
                return {"options": _("Give at least two options and mark exactly one as right.")}
            case "multi" if len(written) < 2 or right < 1:
                return {"options": _("Give at least two options and mark the right ones.")}
            case "text" | "number" if not accepted:
                return {"accepted": _("Give at least one accepted answer.")}
            case "number" if not all(rules.readings(number) for number in accepted):
                return {"accepted": _("Write a number in digits, such as 3.5.")}
        return {}


# A week.
LONGEST_ATTEMPT = 7 * 24 * 60


class QuizBlock(StructBlock):
    introduction = TextBlock(required=False)
    pass_percent = IntegerBlock(min_value=0, max_value=100, default=70)
    attempts_allowed = IntegerBlock(min_value=0, default=3, help_text=_("0: as often as they like."))
    limit_minutes = IntegerBlock(min_value=0, max_value=LONGEST_ATTEMPT, default=0, help_text=_("0: no time limit."))
    shuffle = BooleanBlock(required=False, default=True)
    feedback_policy = ChoiceBlock(
        choices=[
            ("score", _("Score only")),
            ("right_or_wrong", _("Which were right")),
            ("answers", _("Right answers too")),
        ],
        default="right_or_wrong",
        help_text=_("What a learner sees after handing in."),
    )
    questions = ListBlock(QuestionBlock(), min_num=1)

    class Meta:
        icon = "help"
        label = _("Quiz")
        description = _("Questions graded by the server. The lesson is complete when the quiz is passed.")
        preview_value = {
            "introduction": "Five questions about the living part. Take your time.",
            "questions": [
                {
                    "kind": "single",
                    "text": "What raises a sourdough loaf?",
                    "options": [{"text": "Wild yeast", "right": True}, {"text": "Baking powder", "right": False}],
                }
            ],
        }
        template = "activities/quiz.html"


def body(value: StructValue) -> dict[str, Any]:
    """Return what anybody entitled may know before starting: the rules, never a question's answer."""
    return {
        "introduction": value["introduction"],
        "pass_percent": value["pass_percent"],
        "attempts_allowed": value["attempts_allowed"],
        "limit_minutes": value["limit_minutes"],
        "question_count": len(value["questions"]),
    }
