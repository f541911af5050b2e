"""/api/v2/ detail endpoints show what the page shows."""

import pytest
from django.test import Client

from academies.outbox.actions import drain
from catalog.courses.models import CourseInstructor, Instructor
from catalog.events.models import EventSpeaker, Venue
from catalog.offerings.models import Offering
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db


def get(path, **more):
    return Client().get(path, headers={"host": "north.localhost"}, **more)


@pytest.fixture
def course(north):
    page = catalog_factory.whole_course(
        cover=catalog_factory.picture(),
        category=catalog_factory.category(),
        description="<p>All about <b>dough</b>.</p>",
        outcomes=[("outcome", "Feed a starter")],
        faq=[("question", {"question": "Need an oven?", "answer": "Yes."})],
        prerequisites="Patience",
    )
    teacher = Instructor.objects.create(
        name="Ana Baker", slug="ana", role="Baker", portrait=catalog_factory.picture("Ana")
    )
    CourseInstructor.objects.create(course=page, instructor=teacher)
    catalog_factory.plan(page)
    # Reading asks for the portrait; it is made behind the scenes.
    get(f"/api/v2/courses/{page.pk}/")
    drain()
    return page


def test_a_course_whole(course):
    whole = get(f"/api/v2/courses/{course.pk}/").json()

    assert whole["title"] == "Sourdough"
    assert whole["price"]["amount_minor"] == 4900
    assert whole["outcomes"] == ["Feed a starter"]
    assert whole["faq"] == [{"question": "Need an oven?", "answer": "Yes."}]
    assert "<b>dough</b>" in whole["description"]
    assert whole["outline"]["lesson_count"] == 3
    first = whole["outline"]["sections"][0]["lessons"][0]
    assert (first["title"], first["kind"], first["minutes"], first["free_preview"]) == ("Flour", "text", 5, True)
    assert first["html_url"] == "http://north.localhost:8000/courses/sourdough/begin/flour/"
    assert [
        (instructor["name"], instructor["role"], instructor["image"]["width"]) for instructor in whole["instructors"]
    ] == [("Ana Baker", "Baker", 176)]
    assert [(offer["plan"], offer["interval"]) for offer in whole["offers"]] == [("sourdough", "once")]


def test_a_course_as_search_engines_read_it(course):
    data = get(f"/api/v2/courses/{course.pk}/").json()["structured_data"]

    assert data["@context"] == "https://schema.org"
    assert (data["@type"], data["name"], data["description"]) == ("Course", "Sourdough", "Learn Sourdough.")
    assert data["url"] == "http://north.localhost:8000/courses/sourdough/"
    assert data["provider"]["name"] == "Northlight School of Baking"
    assert data["offers"] == [
        {
            "@type": "Offer",
            "name": "Sourdough",
            "url": "http://north.localhost:8000/courses/sourdough/",
            "price": "49.00",
            "priceCurrency": "GBP",
            "category": "Paid",
            "availability": "https://schema.org/InStock",
        }
    ]
    assert data["hasCourseInstance"][0]["courseWorkload"] == "PT30M"
    assert data["hasCourseInstance"][0]["instructor"] == [{"@type": "Person", "name": "Ana Baker"}]
    assert data["image"][0].startswith("http://north.localhost:8000/media/images/")


def test_a_course_is_found_by_its_address_and_its_slug(course):
    detail = f"http://north.localhost:8000/api/v2/courses/{course.pk}/"

    assert get("/api/v2/courses/find/?html_path=/courses/sourdough/").headers["Location"] == detail
    assert get("/api/v2/courses/find/?html_path=courses/sourdough").headers["Location"] == detail
    assert get("/api/v2/courses/find/?slug=sourdough&fields=title").headers["Location"] == f"{detail}?fields=title"
    assert get(f"/api/v2/courses/find/?id={course.pk}").headers["Location"] == detail
    assert get("/api/v2/courses/find/?html_path=/nothing/").status_code == 404
    assert get("/api/v2/courses/find/").status_code == 400


def test_an_event_whole(north):
    venue = Venue.objects.create(name="Mill", slug="mill", city="Leeds", country="GB", time_zone="Europe/London")
    event = catalog_factory.event(seats=20, price=3500, venue=venue, cover=catalog_factory.picture())
    speaker = Instructor.objects.create(name="Ana Baker", slug="ana")
    EventSpeaker.objects.create(event=event, instructor=speaker)
    drain()

    whole = get(f"/api/v2/events/{event.pk}/").json()

    (date,) = whole["offerings"]
    assert date["id"] == str(Offering.objects.get().pk)
    assert (date["seats"], date["seats_left"], date["registration"]) == (20, 20, "open")
    assert whole["place"]["city"] == "Leeds"
    assert [person["name"] for person in whole["speakers"]] == ["Ana Baker"]
    (data,) = whole["structured_data"]
    assert data["@type"] == "EducationEvent"
    assert data["location"]["address"]["addressCountry"] == "GB"
    assert data["startDate"].endswith(("+00:00", "+01:00"))
    assert data["offers"]["price"] == "35.00"
    assert data["remainingAttendeeCapacity"] == 20
    assert data["performer"] == [{"@type": "Person", "name": "Ana Baker"}]


def test_an_event_online_is_nowhere_in_particular(north):
    event = catalog_factory.event(attendance="online")

    (data,) = get(f"/api/v2/events/{event.pk}/").json()["structured_data"]

    assert data["eventAttendanceMode"] == "https://schema.org/OnlineEventAttendanceMode"
    assert data["location"]["@type"] == "VirtualLocation"
    assert data["isAccessibleForFree"] is True


def test_the_joining_instructions_are_for_those_with_a_seat(north):
    event = catalog_factory.event(joining_instructions="Knock three times")

    for path in (f"events/{event.pk}/", f"pages/{event.pk}/?fields=*", "offerings/"):
        assert "Knock" not in get(f"/api/v2/{path}").content.decode()


def test_a_plan_names_the_courses_it_opens(course):
    catalog_factory.whole_course("Rye")
    catalog_factory.plan(title="Club", price=1500, interval="month", all_courses=True)
    plans = {plan["slug"]: plan for plan in get("/api/v2/plans/").json()["items"]}

    opened = {
        slug: [item["title"] for item in get(f"/api/v2/plans/{plan['id']}/").json()["courses"]]
        for slug, plan in plans.items()
    }

    assert opened == {"sourdough": ["Sourdough"], "club": ["Rye", "Sourdough"]}
    assert plans["club"]["html_url"] == "http://north.localhost:8000/checkout/plan/club/"


def test_an_instructor_names_their_courses(course):
    shown = get(f"/api/v2/instructors/{Instructor.objects.get().pk}/").json()

    assert (shown["title"], shown["summary"]) == ("Ana Baker", "Baker")
    assert [item["slug"] for item in shown["courses"]] == ["sourdough"]


def test_a_category_counts_its_courses(course):
    catalog_factory.category("Cakes")

    listed = {category["slug"]: category for category in get("/api/v2/categories/").json()["items"]}

    assert {slug: category["course_count"] for slug, category in listed.items()} == {"bread": 1, "cakes": 0}
    assert listed["bread"]["html_url"] == "http://north.localhost:8000/courses/?category=bread"


def test_a_picture_is_shown_in_its_largest_size_and_not_as_it_was_uploaded(course):
    shown = {image["title"]: image["meta"]["download_url"] for image in get("/api/v2/images/").json()["items"]}

    assert shown["A loaf"].startswith("http://north.localhost:8000/media/images/")
    assert "original_images" not in get("/api/v2/images/").content.decode()
    assert get(shown["A loaf"].removeprefix("http://north.localhost:8000")).status_code == 200


def test_pages_carry_the_fields_of_their_type(course):
    page = get(f"/api/v2/pages/{course.pk}/").json()

    assert page["meta"]["type"] == "courses.CoursePage"
    assert page["meta"]["html_url"] == "http://north.localhost:8000/courses/sourdough/"
    assert page["summary"] == "Learn Sourdough."
    assert (page["category"]["name"], page["category"]["slug"]) == ("Bread", "bread")
    assert page["cover"]["meta"]["download_url"].endswith("1280x720.format-webp.webp")
    listed = get("/api/v2/pages/?type=courses.CoursePage&fields=summary,level").json()["items"]
    assert [(item["summary"], item["level"]) for item in listed] == [("Learn Sourdough.", "beginner")]
