"""Activity kinds: every folder of catalog/activities keeps the contract."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.blocks import StructBlockValidationError

from catalog.activities import kinds, registry
from catalog.activities.kinds.quiz import rules
from catalog.activities.kinds.quiz.block import QuestionBlock

QUIZ = {
    "introduction": "",
    "pass_percent": 70,
    "attempts_allowed": 2,
    "limit_minutes": 0,
    "shuffle": True,
    "feedback_policy": "answers",
    "questions": [
        {
            "kind": "single",
            "text": "Which flour?",
            "points": 2,
            "options": [{"text": f"flour {n}", "right": n == 3} for n in range(6)],
            "accepted": [],
            "tolerance": None,
            "feedback": "Strong flour holds the gas.",
        },
        {
            "kind": "multi",
            "text": "What is in bread?",
            "points": 3,
            "options": [{"text": word, "right": word != "sand"} for word in ("flour", "water", "salt", "sand")],
            "accepted": [],
            "tolerance": None,
            "feedback": "",
        },
        {
            "kind": "text",
            "text": "A word for resting dough?",
            "points": 1,
            "options": [{"text": "left over", "right": True}],
            "accepted": ["Autolyse", "straße"],
            "tolerance": None,
            "feedback": "",
        },
        {
            "kind": "number",
            "text": "How many grams?",
            "points": 1,
            "options": [],
            "accepted": ["1250.5"],
            "tolerance": Decimal("0.5"),
            "feedback": "",
        },
    ],
}


def quiz_value(**changes):
    block = registry.kinds()["quiz"].block()
    raw = {**QUIZ, **changes}
    return block.to_python(json.loads(json.dumps(raw, default=str)))


def quiz():
    graded = registry.kinds()["quiz"].quiz
    assert graded is not None
    return graded


def options(questions, number):
    return {option["text"]: option["id"] for option in questions[number]["options"]}


def test_every_folder_is_a_kind():
    folders = {folder.parent.name for folder in Path(kinds.__file__).parent.glob("*/__init__.py")}

    assert {"pdf", "quiz", "text", "video"} <= set(registry.kinds()) == folders
    assert all(kind.template.startswith("activities/") for kind in registry.kinds().values())


def test_a_kind_that_is_passed_has_an_quiz():
    for kind in registry.kinds().values():
        assert (kind.quiz is not None) == (kind.completion == registry.Completion.PASSED)


def test_the_body_of_a_quiz_holds_no_question():
    body = registry.kinds()["quiz"].body(quiz_value())

    assert body["question_count"] == 4
    assert "flour" not in json.dumps(body)


def test_the_questions_of_an_attempt_hold_no_answer():
    questions, _ = quiz().make_questions(quiz_value(), 7)

    text = json.dumps(questions)

    assert {frozenset(question) for question in questions} == {frozenset({"id", "kind", "text", "options"})}
    assert not any(word in text for word in ("right", "accepted", "Autolyse", "tolerance", "Strong", "left over"))


def test_one_seed_gives_one_order():
    value = quiz_value()

    first, again, other = (quiz().make_questions(value, seed)[0] for seed in (7, 7, 8))

    assert first == again
    assert first != other
    assert sorted(q["text"] for q in first) == sorted(q["text"] for q in other)


def test_an_editor_may_keep_the_order():
    questions, _ = quiz().make_questions(quiz_value(shuffle=False), 7)

    assert [question["text"] for question in questions] == [question["text"] for question in QUIZ["questions"]]
    assert [option["text"] for option in questions[0]["options"]] == [f"flour {n}" for n in range(6)]


@pytest.fixture
def unshuffled():
    """Paper and key in the editor's order."""
    return quiz().make_questions(quiz_value(shuffle=False), 1)


def test_all_right_is_everything(unshuffled):
    questions, key = unshuffled
    bread = options(questions, 1)
    answers = {
        questions[0]["id"]: [options(questions, 0)["flour 3"]],
        questions[1]["id"]: [bread["flour"], bread["water"], bread["salt"]],
        questions[2]["id"]: "  AUTOLYSE ",
        questions[3]["id"]: "1250",
    }

    score = quiz().grade(key, quiz().clean(questions, answers))

    assert (score.points, score.most, score.percent) == (7, 7, 100)


def test_nothing_is_nothing(unshuffled):
    _, key = unshuffled

    assert quiz().grade(key, {}).points == 0


@pytest.mark.parametrize(
    ("chosen", "earned"),
    [
        (["flour", "water", "salt"], 3),
        (["flour", "water"], 2),
        (["flour", "sand"], 0),
        (["flour", "water", "sand"], 1),
        (["flour", "water", "salt", "sand"], 2),
        (["sand"], 0),
    ],
)
def test_several_right_options_earn_their_parts(unshuffled, chosen, earned):
    questions, key = unshuffled
    bread = options(questions, 1)

    answers = quiz().clean(questions, {questions[1]["id"]: [bread[word] for word in chosen]})

    assert quiz().grade(key, answers).points == earned


@pytest.mark.parametrize(
    "text", ["autolyse", "AUTOLYSE", " Autolyse\n", "ａｕｔｏｌｙｓｅ", "STRASSE", "auto\u200blyse"]
)
def test_a_text_is_compared_as_people_mean_it(unshuffled, text):
    questions, key = unshuffled

    answers = quiz().clean(questions, {questions[2]["id"]: text})

    assert quiz().grade(key, answers).points == 1


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("1250.5", True),
        ("1250", True),
        ("1251", True),
        ("1251.0000000000000000000000000000000001", False),
        ("1,250", True),
        ("1 250,5", True),
        ("1249.99", False),
        ("about 1250", False),
        ("NaN", False),
        ("Infinity", False),
        ("1e999999999", False),
        ("-1250", False),
        ("9" * 500, False),
        ("", False),
    ],
)
def test_a_number_is_right_within_its_tolerance(unshuffled, text, right):
    questions, key = unshuffled

    answers = quiz().clean(questions, {questions[3]["id"]: text})

    assert quiz().grade(key, answers).points == int(right)


def test_a_third_of_the_points_is_exactly_a_third(unshuffled):
    questions, key = unshuffled
    key["questions"][questions[1]["id"]]["points"] = 1

    answers = quiz().clean(questions, {questions[1]["id"]: [options(questions, 1)["salt"]]})

    assert quiz().grade(key, answers).points == Fraction(1, 3)


@pytest.mark.parametrize(
    "junk",
    [
        None,
        [],
        "a",
        {"nobody": "asked"},
        {"0": ["nobody offered"]},
        {"0": {"a": 1}},
        {"0": [1]},
        {"0": [None]},
        {"2": ["a", "b"]},
        {"2": {"a": 1}},
        {"2": True},
        {"2": "x" * 2001},
    ],
    ids=str,
)
def test_junk_is_no_answer(unshuffled, junk):
    questions, _ = unshuffled
    if isinstance(junk, dict):
        junk = {questions[int(name)]["id"] if name.isdigit() else name: value for name, value in junk.items()}

    with pytest.raises(ValueError, match=r"\w"):
        quiz().clean(questions, junk)


def test_two_options_for_one_right_one_are_refused(unshuffled):
    questions, _ = unshuffled
    flour = options(questions, 0)

    with pytest.raises(rules.InvalidAnswers):
        quiz().clean(questions, {questions[0]["id"]: [flour["flour 1"], flour["flour 3"]]})


def test_text_that_a_database_refuses_is_tidied(unshuffled):
    questions, _ = unshuffled

    answers = quiz().clean(questions, {questions[2]["id"]: "auto\0ly\ud800se"})

    assert answers == {questions[2]["id"]: "autolyse"}


@given(st.text(max_size=60))
def test_no_text_breaks_the_grading(text):
    key = {"kind": "number", "accepted": ["3"], "tolerance": "0.1", "points": 1, "right": []}

    assert rules.share(key, text) in (0, 1)
    assert rules.share({**key, "kind": "text"}, text) in (0, 1)


@pytest.mark.parametrize(("policy", "reported"), [("score", False), ("right_or_wrong", True), ("answers", True)])
def test_a_report_says_what_the_policy_allows(unshuffled, policy, reported):
    questions, key = unshuffled
    key["feedback_policy"] = policy

    report = quiz().report(questions, key, {questions[2]["id"]: "autolyse"})

    assert bool(report) is reported
    assert all(("right" in entry) == (policy == "answers") for entry in report)
    if reported:
        assert [entry["correct"] for entry in report] == [False, False, True, False]


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ({"kind": "single", "options": [{"text": "a", "right": True}]}, "options"),
        ({"kind": "single", "options": [{"text": "a", "right": True}, {"text": "b", "right": True}]}, "options"),
        ({"kind": "multi", "options": [{"text": "a", "right": False}, {"text": "b", "right": False}]}, "options"),
        ({"kind": "text", "options": []}, "accepted"),
        ({"kind": "number", "options": [], "accepted": ["three"]}, "accepted"),
    ],
)
def test_a_question_that_can_not_be_answered_is_not_saved(question, wrong):
    block = QuestionBlock()
    value = block.to_python({"text": "What?", "points": 1, "accepted": [], **question})

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)

    assert wrong in refused.value.block_errors
