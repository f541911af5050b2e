"""What the OpenAPI document says of the answers of reading.py. A test holds these names to the answers themselves."""

from typing import Any

from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateTimeField,
    DictField,
    IntegerField,
    ListField,
    Serializer,
    URLField,
    UUIDField,
)

Shape = Serializer[Any]


class PictureSize(Shape):
    url = URLField()
    width = IntegerField()
    height = IntegerField()


class Picture(PictureSize):
    alt = CharField()
    renditions = DictField(child=PictureSize())


class Price(Shape):
    amount_minor = IntegerField()
    currency = CharField()


class Subject(Shape):
    slug = CharField()
    name = CharField()


class ListedCourse(Shape):
    id = IntegerField()
    title = CharField()
    slug = CharField()
    html_url = URLField()


class Card(Shape):
    id = IntegerField()
    title = CharField()
    slug = CharField()
    summary = CharField()
    html_url = URLField(allow_null=True)
    image = Picture(allow_null=True)


class PageCard(Card):
    language = CharField()
    category = Subject(allow_null=True)
    first_published_at = DateTimeField(allow_null=True)
    updated_at = DateTimeField(allow_null=True)
    price = Price(allow_null=True)


class ListedPerson(Shape):
    id = IntegerField()
    slug = CharField()
    name = CharField()
    role = CharField()
    image = Picture(allow_null=True)


# --- courses --------------------------------------------------------------------------------------------------------
class OutlineLesson(ListedCourse):
    kind = CharField()
    minutes = IntegerField()
    free_preview = BooleanField()


class OutlineSection(Shape):
    id = IntegerField()
    title = CharField()
    slug = CharField()
    summary = CharField()
    minutes = IntegerField()
    lessons = OutlineLesson(many=True)


class Outline(Shape):
    lesson_count = IntegerField()
    minutes = IntegerField()
    sections = OutlineSection(many=True)


class Offer(Shape):
    plan = CharField()
    title = CharField()
    description = CharField()
    price = Price()
    interval = CharField()
    access_days = IntegerField(allow_null=True)
    all_courses = BooleanField()
    buyable = BooleanField()
    checkout_url = CharField(allow_null=True)


class Question(Shape):
    question = CharField()
    answer = CharField()


class PromisedCertificate(Shape):
    title = CharField()
    hours = CharField(allow_null=True)
    cpd_credits = CharField()


class CourseCard(PageCard):
    level = CharField()
    effort = CharField()
    lesson_count = IntegerField()
    minutes = IntegerField()
    gives_certificate = BooleanField()
    cpd_credits = CharField()
    price_interval = CharField(allow_null=True)


class Course(CourseCard):
    description = CharField()
    outcomes = ListField(child=CharField())
    audience = CharField()
    prerequisites = CharField()
    refund_policy = CharField()
    faq = Question(many=True)
    certificate = PromisedCertificate(allow_null=True)
    outline = Outline()
    instructors = ListedPerson(many=True)
    offers = Offer(many=True)
    structured_data = DictField()
    seo_title = CharField()
    search_description = CharField()


class CategoryCard(Card):
    name = CharField()
    course_count = IntegerField()


class Category(CategoryCard):
    courses = ListedCourse(many=True)


class InstructorCard(Card):
    name = CharField()
    role = CharField()


class Instructor(InstructorCard):
    biography = CharField()
    courses = ListedCourse(many=True)


# --- events ---------------------------------------------------------------------------------------------------------
class ListedVenue(Shape):
    slug = CharField()
    name = CharField()
    city = CharField()
    country = CharField()


class Venue(ListedVenue):
    address = CharField()
    time_zone = CharField()
    map_url = CharField()
    getting_there = CharField()
    accessibility = CharField()


class EventDate(Shape):
    id = UUIDField()
    title = CharField()
    starts_at = DateTimeField()
    ends_at = DateTimeField()
    status = ChoiceField(["scheduled", "cancelled"])
    previous_starts_at = DateTimeField(allow_null=True)
    opens_at = DateTimeField(allow_null=True)
    closes_at = DateTimeField(allow_null=True)
    registration = ChoiceField(["not_yet", "open", "closed", "ended", "cancelled"])
    seats = IntegerField(allow_null=True)
    seats_left = IntegerField(allow_null=True)
    waiting_list = BooleanField()
    price = Price()
    cpd_minutes = IntegerField()


class EventCard(PageCard):
    """With its next date; all of that is null for an event without one."""

    attendance = ChoiceField(["in_person", "online"])
    venue = ListedVenue(allow_null=True)
    time_zone = CharField()
    offering = UUIDField(allow_null=True)
    starts_at = DateTimeField(allow_null=True)
    ends_at = DateTimeField(allow_null=True)
    status = CharField(allow_null=True)
    previous_starts_at = DateTimeField(allow_null=True)
    registration = CharField(allow_null=True)
    seats = IntegerField(allow_null=True)
    seats_left = IntegerField(allow_null=True)
    waiting_list = BooleanField(allow_null=True)
    cpd_minutes = IntegerField(allow_null=True)
    date_count = IntegerField()


class Event(EventCard):
    description = CharField()
    agenda = CharField()
    refund_policy = CharField()
    full_refund_days = IntegerField(allow_null=True)
    late_refund_percent = IntegerField()
    offerings = EventDate(many=True)
    place = Venue(allow_null=True)
    speakers = ListedPerson(many=True)
    structured_data = ListField(child=DictField())
    seo_title = CharField()
    search_description = CharField()
