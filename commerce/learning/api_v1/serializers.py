"""The request and response bodies of learning, for the OpenAPI schema."""

from typing import Any

from rest_framework import serializers

from catalog.activities.registry import kinds

Response = serializers.Serializer[Any]


# --- lectures -------------------------------------------------------------------------------------------------------
class Section(Response):
    id = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField()
    lecture_count = serializers.IntegerField()
    minutes = serializers.IntegerField()


class ListedLecture(Response):
    id = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(sorted(kinds()))
    minutes = serializers.IntegerField()
    free_preview = serializers.BooleanField()
    quiz_id = serializers.IntegerField(required=False)


class Progress(Response):
    percent = serializers.IntegerField()
    completed = serializers.BooleanField()
    position_seconds = serializers.IntegerField()
    course_percent = serializers.IntegerField()
    course_completed = serializers.BooleanField()


class Lecture(ListedLecture):
    course = serializers.IntegerField()
    body: Any = serializers.DictField()
    progress = Progress(required=False, help_text="If you are enrolled.")


class LectureProgress(Progress):
    lecture = serializers.IntegerField()


class CourseProgress(Response):
    percent = serializers.IntegerField()
    completed = serializers.BooleanField()
    completed_at = serializers.DateTimeField(allow_null=True)
    lectures = LectureProgress(many=True)


class ProgressReport(Response):
    """Players send it every few seconds; `commerce.learning.rules` parses it."""

    watched = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()), required=False, allow_null=True
    )
    position_seconds = serializers.FloatField(required=False, allow_null=True)
    sent_at = serializers.DateTimeField(required=False, allow_null=True)
    viewed = serializers.BooleanField(required=False)


# --- quizzes --------------------------------------------------------------------------------------------------------
class Quiz(Response):
    id = serializers.IntegerField()
    title = serializers.CharField()
    introduction = serializers.CharField()
    pass_percent = serializers.IntegerField()
    attempts_allowed = serializers.IntegerField()
    limit_minutes = serializers.IntegerField()
    question_count = serializers.IntegerField()
    attempts_used = serializers.IntegerField(required=False)
    attempts_left = serializers.IntegerField(required=False, allow_null=True)


class QuizOption(Response):
    id = serializers.CharField()
    text = serializers.CharField()


class QuizQuestion(Response):
    id = serializers.CharField()
    kind = serializers.ChoiceField(["single", "multi", "text", "number"])
    text = serializers.CharField()
    options: Any = QuizOption(many=True)


class QuizQuestions(Response):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    deadline_at = serializers.DateTimeField(allow_null=True)
    questions = QuizQuestion(many=True)


class QuizAnswers(Response):
    """By question id: the id of an option, a list of them, a text or a number."""

    answers = serializers.DictField()


class QuizSaved(Response):
    id = serializers.UUIDField()
    answered = serializers.IntegerField()


class QuizScore(Response):
    score = serializers.FloatField()
    max_score = serializers.FloatField()
    percent = serializers.FloatField()
    passed = serializers.BooleanField()


class QuizAttempt(QuizQuestions):
    status = serializers.CharField()
    answers = serializers.DictField()
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    score = serializers.FloatField(required=False, allow_null=True)
    max_score = serializers.FloatField(required=False, allow_null=True)
    percent = serializers.FloatField(required=False, allow_null=True)
    passed = serializers.BooleanField(required=False, allow_null=True)


class QuizResult(QuizScore):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    questions = serializers.ListField()
