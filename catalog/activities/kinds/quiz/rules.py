"""Grading of quizzes, in exact fractions, and the report about it. Imports no framework.

An answer key has an entry for each question: `kind`, `points`, `right` (ids of options), `accepted` (texts or numbers),
`tolerance`, `feedback`; and `pass_percent` and `feedback_policy` for the whole quiz.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from academies.kernel.translation import gettext_noop

LONGEST_ANSWER = 2000
# A number longer or larger than this is no answer, and arithmetic on it could take too long.
_LONGEST_NUMBER = 40
_THOUSANDS = re.compile(r"^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$")


def written(options: Iterable[Any]) -> list[Any]:
    """Return the options that have a text; drafts may contain empty ones."""
    return [option for option in options if option["text"]]


class InvalidAnswers(ValueError):
    """The data sent can't be answers to these questions."""


def clean(questions: list[dict[str, Any]], answers: Any) -> dict[str, Any]:
    """Return answers by question id: a list of option ids, or a text. Empty answers are left out.

    Raises InvalidAnswers.
    """
    if not isinstance(answers, dict):
        raise InvalidAnswers(gettext_noop("Send the answers as an object: question id to answer."))
    by_id = {question["id"]: question for question in questions}
    if not answers.keys() <= by_id.keys():
        raise InvalidAnswers(gettext_noop("There is an answer to a question that this attempt doesn't have."))
    cleaned = {name: _clean_answer(by_id[name], answer) for name, answer in answers.items()}
    return {name: answer for name, answer in cleaned.items() if answer}


def _clean_answer(question: Mapping[str, Any], answer: Any) -> list[str] | str:
    if question["kind"] in ("single", "multi"):
        return _clean_choice(question, answer)
    if isinstance(answer, list) and len(answer) == 1:
        answer = answer[0]
    if answer is None or answer == []:
        return ""
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        raise InvalidAnswers(gettext_noop("The answer to this kind of question is a text."))
    text = str(answer)
    if len(text) > LONGEST_ANSWER:
        raise InvalidAnswers(gettext_noop("An answer can have up to 2,000 characters."))
    # PostgreSQL stores neither control characters such as NUL nor lone surrogates.
    characters = (char for char in text if char in "\t\n" or unicodedata.category(char) not in ("Cc", "Cs"))
    return "".join(characters).strip()


def _clean_choice(question: Mapping[str, Any], answer: Any) -> list[str]:
    chosen = [answer] if isinstance(answer, str) else answer or []
    if not isinstance(chosen, list) or not all(isinstance(option, str) for option in chosen):
        raise InvalidAnswers(gettext_noop("The answer to this kind of question is a list of option ids."))
    options = [option["id"] for option in question["options"]]
    if not set(chosen) <= set(options):
        raise InvalidAnswers(gettext_noop("There is an option that this question doesn't have."))
    if question["kind"] == "single" and len(set(chosen)) > 1:
        raise InvalidAnswers(gettext_noop("Choose one option."))
    return [option for option in options if option in chosen]


def normal(text: str) -> str:
    """Return a text as it is compared: without case, extra spaces and invisible marks, compatible characters equal."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(char for char in folded if unicodedata.category(char) != "Cf").split())


def readings(text: str) -> set[Fraction]:
    """Return the numbers that a text can mean: a comma separates decimals or thousands.

    "3,5" is 3.5; "1,250" is both 1.25 and 1250. Empty if the text is no number.
    """
    compact = "".join(unicodedata.normalize("NFKC", text).split()).replace("\u2212", "-")
    if len(compact) > _LONGEST_NUMBER:
        return set()
    candidates = {compact.replace(",", "")} if _THOUSANDS.match(compact) else {compact}
    if compact.count(",") == 1 and "." not in compact:
        candidates.add(compact.replace(",", "."))
    return {value for candidate in candidates if (value := _exact(candidate)) is not None}


def _exact(text: str) -> Fraction | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return Fraction(value) if value.is_finite() and abs(value.adjusted()) <= _LONGEST_NUMBER else None


def share(key: Mapping[str, Any], answer: Any) -> Fraction:
    """Return the share of a question's points that an answer earns, 0 to 1.

    With several right options, each right one chosen adds its part and each wrong one subtracts such a part, so that
    choosing everything earns nothing extra.
    """
    if not answer:
        return Fraction(0)
    if key["kind"] == "multi":
        right, chosen = set(key["right"]), set(answer)
        if not right:
            return Fraction(0)
        return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))
    return Fraction(int(_is_right(key, answer)))


def _is_right(key: Mapping[str, Any], answer: Any) -> bool:
    if key["kind"] == "single":
        return list(answer) == key["right"]
    if key["kind"] == "text":
        return normal(answer) in {normal(accepted) for accepted in key["accepted"]}
    # Fractions, because the precision of decimals must not decide a grade.
    accepted_numbers = {value for accepted in key["accepted"] for value in readings(accepted)}
    tolerance = Fraction(Decimal(key["tolerance"]))
    return any(abs(value - accepted) <= tolerance for value in readings(answer) for accepted in accepted_numbers)


def points(answer_key: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[Fraction, int]:
    """Return the points reached, unrounded, and the most there were."""
    questions = answer_key["questions"]
    reached = sum(
        (question["points"] * share(question, answers.get(name)) for name, question in questions.items()), Fraction(0)
    )
    return reached, sum(question["points"] for question in questions.values())


def report(
    questions: list[dict[str, Any]], answer_key: Mapping[str, Any], answers: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return for each question what the feedback policy lets the learner know; nothing if that is the score only."""
    policy = answer_key["feedback_policy"]
    if policy == "score":
        return []
    return [
        _report_question(question, answer_key["questions"][question["id"]], answers.get(question["id"]), policy)
        for question in questions
    ]


def _report_question(question: Mapping[str, Any], key: Mapping[str, Any], answer: Any, policy: str) -> dict[str, Any]:
    earned = share(key, answer)
    entry = {
        "id": question["id"],
        "kind": question["kind"],
        "text": question["text"],
        "options": question["options"],
        "answer": answer,
        "correct": earned == 1,
        "points": round(float(earned * key["points"]), 3),
        "max_points": key["points"],
        "feedback": key["feedback"],
    }
    if policy == "answers":
        entry["right"] = key["right"] or key["accepted"]
    return entry
