"""What the endpoints of learning answer, for the OpenAPI document."""

from typing import Any

from rest_framework import serializers

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
    kind = serializers.ChoiceField(["text", "video", "pdf", "quiz"])
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
    progress = Progress(required=False, help_text="Of people who are enrolled.")


class LectureProgress(Progress):
    lecture = serializers.IntegerField()


class CourseProgress(Response):
    percent = serializers.IntegerField()
    completed = serializers.BooleanField()
    completed_at = serializers.DateTimeField(allow_null=True)
    lectures = LectureProgress(many=True)


class ProgressReport(Response):
    """Read by `commerce.learning.rules`: players send it every few seconds."""

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


class QuizPaper(Response):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    deadline_at = serializers.DateTimeField(allow_null=True)
    questions = QuizQuestion(many=True)


class QuizAnswers(Response):
    """Read by the kinds of questions: an option's id, several of them, text or a number each."""

    answers = serializers.DictField()


class QuizSaved(Response):
    id = serializers.UUIDField()
    answered = serializers.IntegerField()


class QuizScore(Response):
    score = serializers.FloatField()
    max_score = serializers.FloatField()
    percent = serializers.FloatField()
    passed = serializers.BooleanField()


class QuizAttempt(QuizPaper):
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
