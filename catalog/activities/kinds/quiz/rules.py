"""Grading, and what may be told of it: pure, and exact until the last moment.

A key has one entry a question: `kind`, `points`, `right` (ids of options), `accepted` (texts or numbers), `tolerance`,
`feedback`; and `pass_percent` and `feedback_policy` for the whole.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

LONGEST_ANSWER = 2000
# A number longer or larger than this is no answer, and arithmetic on it could take for ever.
_LONGEST_NUMBER = 40
_THOUSANDS = re.compile(r"^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$")


def written(options: Iterable[Any]) -> list[Any]:
    """Return the options that have a text: an editor may leave empty ones behind."""
    return [option for option in options if option["text"]]


class Junk(ValueError):
    """What was sent can't be answers to this paper."""


def clean(paper: list[dict[str, Any]], answers: Any) -> dict[str, Any]:
    """Return answers by question id: a list of option ids, or a text. Unanswered questions are left out. Raises Junk."""
    if not isinstance(answers, dict):
        raise Junk("Send the answers as an object: question id to answer.")
    asked = {question["id"]: question for question in paper}
    if not answers.keys() <= asked.keys():
        raise Junk("There is an answer to a question that this paper doesn't have.")
    tidy = {name: _clean_one(asked[name], given) for name, given in answers.items()}
    return {name: given for name, given in tidy.items() if given}


def _clean_one(question: Mapping[str, Any], given: Any) -> list[str] | str:
    if question["kind"] in ("single", "multi"):
        return _clean_choice(question, given)
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if given is None or given == []:
        return ""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise Junk("The answer to this kind of question is a text.")
    text = str(given)
    if len(text) > LONGEST_ANSWER:
        raise Junk(f"An answer has at most {LONGEST_ANSWER} characters.")
    # Controls and broken surrogates are no text, and a database takes neither.
    kept = (sign for sign in text if sign in "\t\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def _clean_choice(question: Mapping[str, Any], given: Any) -> list[str]:
    chosen = [given] if isinstance(given, str) else given or []
    if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
        raise Junk("The answer to this kind of question is a list of option ids.")
    known = [option["id"] for option in question["options"]]
    if not set(chosen) <= set(known):
        raise Junk("There is an option that this question doesn't have.")
    if question["kind"] == "single" and len(set(chosen)) > 1:
        raise Junk("Choose one option.")
    return [one for one in known if one in chosen]


def normal(text: str) -> str:
    """Return a text as it is compared: case, extra spaces and invisible marks gone, compatible characters made equal."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(sign for sign in folded if unicodedata.category(sign) != "Cf").split())


def readings(text: str) -> set[Fraction]:
    """Return the numbers that a text can mean: a comma stands before decimals or between thousands.

    "3,5" is 3.5; "1,250" is 1.25 to some and 1250 to others, and nobody fails for it. Empty: no number.
    """
    tidy = "".join(unicodedata.normalize("NFKC", text).split()).replace("\u2212", "-")
    if len(tidy) > _LONGEST_NUMBER:
        return set()
    ways = {tidy.replace(",", "")} if _THOUSANDS.match(tidy) else {tidy}
    if tidy.count(",") == 1 and "." not in tidy:
        ways.add(tidy.replace(",", "."))
    return {value for way in ways if (value := _exact(way)) is not None}


def _exact(text: str) -> Fraction | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return Fraction(value) if value.is_finite() and abs(value.adjusted()) <= _LONGEST_NUMBER else None


def share(key: Mapping[str, Any], given: Any) -> Fraction:
    """Return how much of a question's points an answer earns, 0 to 1.

    Several right options: each right one chosen earns its part, each wrong one chosen takes such a part away, never
    below nothing. So choosing everything earns no more than choosing with care.
    """
    if not given:
        return Fraction(0)
    if key["kind"] == "multi":
        right, chosen = set(key["right"]), set(given)
        return (
            max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right))) if right else Fraction(0)
        )
    return Fraction(int(_is_right(key, given)))


def _is_right(key: Mapping[str, Any], given: Any) -> bool:
    if key["kind"] == "single":
        return list(given) == key["right"]
    if key["kind"] == "text":
        return normal(given) in {normal(accepted) for accepted in key["accepted"]}
    # Exact, as fractions: a context's precision must not decide a grade.
    wanted = {value for accepted in key["accepted"] for value in readings(accepted)}
    tolerance = Fraction(Decimal(key["tolerance"]))
    return any(abs(value - right) <= tolerance for value in readings(given) for right in wanted)


def points(key: Mapping[str, Any], answers: Mapping[str, Any]) -> tuple[Fraction, int]:
    """Return points reached, unrounded, and points there were."""
    questions = key["questions"]
    reached = sum(
        (question["points"] * share(question, answers.get(name)) for name, question in questions.items()), Fraction(0)
    )
    return reached, sum(question["points"] for question in questions.values())


def report(paper: list[dict[str, Any]], key: Mapping[str, Any], answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return, a question, what the feedback policy lets a learner know. Score only: nothing."""
    policy = key["feedback_policy"]
    if policy == "score":
        return []
    return [
        _told(question, key["questions"][question["id"]], answers.get(question["id"]), policy) for question in paper
    ]


def _told(question: Mapping[str, Any], key: Mapping[str, Any], given: Any, policy: str) -> dict[str, Any]:
    earned = share(key, given)
    told = {
        "id": question["id"],
        "kind": question["kind"],
        "text": question["text"],
        "options": question["options"],
        "answer": given,
        "correct": earned == 1,
        "points": round(float(earned * key["points"]), 3),
        "max_points": key["points"],
        "feedback": key["feedback"],
    }
    if policy == "answers":
        told["right"] = key["right"] or key["accepted"]
    return told
