"""Editing courses and events in the admin: editors publish, other roles can't."""

from datetime import UTC, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield
from wagtail.users.models import UserProfile

from academies.kernel import clock
from catalog.courses.models import CourseIndexPage, CoursePage, LessonPage, SectionPage
from catalog.events.models import EventIndexPage, EventPage
from catalog.offerings.models import Offering
from commerce.enrolments.models import Registration
from tests.fixtures import catalog_factory
from tests.fixtures.http_client import client_for


def _add(client: Client, model: str, parent, data: dict):
    app, name = model.split(".")
    return client.post(
        reverse("wagtailadmin_pages:add", args=(app, name, parent.pk)), {**data, "action-publish": "1"}, follow=True
    )


def _course(**over):
    return nested_form_data(
        {
            "title": "Sourdough", "slug": "sourdough", "summary": "Bake a loaf.", "level": "beginner", "description": rich_text("<p>Bread.</p>"),
            "outcomes": streamfield([("outcome", "Feed a starter")]), "faq": streamfield([]), "course_instructors": inline_formset([]),
            "completion_rule": "all_lessons", "completion_percent": "100", "gives_certificate": "on", "cpd_credits": "0",
            "comments": inline_formset([]), **over,
        }
    )  # fmt: skip


def _event(offerings: list[dict], *, initial: int = 0, **over):
    return nested_form_data(
        {
            "title": "Open kitchen", "slug": "open-kitchen", "summary": "Come and knead.", "attendance": "in_person",
            "late_refund_percent": "0",
            "description": rich_text(""), "agenda": rich_text(""), "event_speakers": inline_formset([]),
            "offerings": inline_formset(offerings, initial=initial), "comments": inline_formset([]), **over,
        }
    )  # fmt: skip


def _offering(**over) -> dict:
    starts = clock.now() + timedelta(days=14)
    return {
        "starts_at": starts.strftime("%Y-%m-%d %H:%M"), "ends_at": (starts + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M"),
        "seats": "20", "waiting_list": "on", "hold_minutes": "60", "price": "0", "cpd_minutes": "0", **over,
    }  # fmt: skip


def test_an_editor_publishes_a_course_with_a_section_and_lessons(editor):
    client = client_for(editor)

    _add(client, "courses.coursepage", CourseIndexPage.objects.get(), _course())
    course = CoursePage.objects.get(slug="sourdough")
    section = nested_form_data({"title": "Begin", "slug": "begin", "summary": "", "comments": inline_formset([])})
    _add(client, "courses.sectionpage", course, section)
    lesson = {
        "title": "What it is", "slug": "what", "minutes": "8", "free_preview": "on", "comments": inline_formset([]),
        "activity": streamfield([("text", {"text": rich_text("<p>Flour and water.</p>")})]),
    }  # fmt: skip
    _add(client, "courses.lessonpage", SectionPage.objects.get(), nested_form_data(lesson))

    assert course.live
    saved = LessonPage.objects.get()
    assert (saved.live, saved.kind.name) == (True, "text")
    assert Client().get("/courses/sourdough/begin/what/", headers={"host": "north.localhost"}).status_code == 200


@pytest.mark.parametrize("kind", ["single", "multi"])
def test_a_quiz_without_a_right_option_isn_t_published(editor, kind):
    client = client_for(editor)
    _add(client, "courses.coursepage", CourseIndexPage.objects.get(), _course())
    course = CoursePage.objects.get()
    course.add_child(instance=SectionPage(title="Begin", slug="begin"))
    question = {
        "kind": kind, "text": "Which?", "points": "1", "tolerance": "", "feedback": "", "accepted": streamfield([]),
        "options-count": "2", "options-0-deleted": "", "options-0-order": "0", "options-0-type": "item", "options-0-id": "",
        "options-0-value-text": "This", "options-1-deleted": "", "options-1-order": "1", "options-1-type": "item",
        "options-1-id": "", "options-1-value-text": "That",
    }  # fmt: skip
    value = {
        "introduction": "", "pass_percent": "70", "attempts_allowed": "3", "limit_minutes": "0", "feedback_policy": "score",
        "questions-count": "1", "questions-0-deleted": "", "questions-0-order": "0", "questions-0-type": "item", "questions-0-id": "",
        "questions-0-value": question,
    }  # fmt: skip
    data = {
        "title": "Quiz",
        "slug": "quiz",
        "minutes": "5",
        "comments": inline_formset([]),
        "activity": streamfield([("quiz", value)]),
    }

    response = _add(client, "courses.lessonpage", SectionPage.objects.get(), nested_form_data(data))

    assert "mark" in response.content.decode()
    assert not LessonPage.objects.filter(live=True).exists()


def test_an_event_keeps_its_offering_when_it_is_published_again(editor):
    client = client_for(editor)
    _add(client, "events.eventpage", EventIndexPage.objects.get(), _event([_offering()]))
    event = EventPage.objects.get()
    before = Offering.objects.get()

    data = _event([_offering(id=str(before.pk), seats="25")], initial=1)
    client.post(reverse("wagtailadmin_pages:edit", args=(event.pk,)), {**data, "action-publish": "1"})

    after = Offering.objects.get()
    assert (after.pk, after.seats, after.currency) == (before.pk, 25, "GBP")


def test_a_copied_event_has_offerings_of_its_own(editor):
    _add(client_for(editor), "events.eventpage", EventIndexPage.objects.get(), _event([_offering()]))

    copy = EventPage.objects.get().copy(update_attrs={"slug": "open-kitchen-2"}, user=editor)

    assert Offering.objects.count() == 2
    assert copy.offerings.get().pk != EventPage.objects.get(slug="open-kitchen").offerings.get().pk


def test_a_date_that_people_registered_for_can_t_be_taken_away(editor, learner):
    client = client_for(editor)
    _add(client, "events.eventpage", EventIndexPage.objects.get(), _event([_offering(), _offering(seats="5")]))
    event, taken = EventPage.objects.get(), Offering.objects.get(seats=20)
    Registration.objects.create(person=learner, offering=taken, status="confirmed", created_at=clock.now())
    others = [_offering(id=str(row.pk), seats=str(row.seats)) for row in event.offerings.all()]
    gone = [{**row, "DELETE": "on"} if row["id"] == str(taken.pk) else row for row in others]

    response = client.post(
        reverse("wagtailadmin_pages:edit", args=(event.pk,)),
        {**_event(gone, initial=2), "action-publish": "1"},
        follow=True,
    )

    assert response.status_code == 200
    assert "registered" in response.content.decode()
    assert Offering.objects.filter(pk=taken.pk).exists()


@pytest.mark.parametrize("who", ["learner", "finance", "desk"])
def test_who_doesn_t_write_can_t_add_a_course(who, request):
    client = client_for(request.getfixturevalue(who))

    response = _add(client, "courses.coursepage", CourseIndexPage.objects.get(), _course())

    assert not CoursePage.objects.exists()
    assert response.redirect_chain or response.status_code == 403


def test_somebody_without_a_role_is_told_so(learner):
    response = client_for(learner).get("/admin/", follow=True)

    assert response.status_code == 403
    assert "no role in the admin" in response.content.decode()


def test_a_teacher_s_course_waits_for_an_editor(teacher):
    client = client_for(teacher)

    _add(client, "courses.coursepage", CourseIndexPage.objects.get(), _course())

    assert CoursePage.objects.get().live is False


def test_what_a_teacher_hands_in_an_editor_approves(teacher, editor):
    _add(client_for(teacher), "courses.coursepage", CourseIndexPage.objects.get(), _course())
    course = CoursePage.objects.get()
    edit = reverse("wagtailadmin_pages:edit", args=(course.pk,))
    client_for(teacher).post(edit, {**_course(), "action-submit": "1"})

    state = course.current_workflow_state
    task = state.current_task_state
    action = reverse("wagtailadmin_pages:workflow_action", args=(course.pk, "approve", task.pk))
    client_for(editor).post(action, {"comment": "Good."})

    course.refresh_from_db()
    assert state.workflow.name == "Review before publishing"
    assert course.live is True


@pytest.mark.parametrize(
    "name",
    [
        "course_listing:index",
        "event_listing:index",
        "wagtailsnippets_courses_instructor:list",
        "wagtailsnippets_plans_plan:list",
    ],
)
def test_the_lists_of_the_menu_open(name, editor):
    assert client_for(editor).get(reverse(name)).status_code == 200


def test_the_dashboard_opens_on_what_is_still_to_do(owner):
    page = client_for(owner).get("/admin/").content.decode()

    assert "Northlight School of Baking" in page
    assert "Set up your academy" in page
    assert "Publish your first course" in page
    for label in ("Courses", "Events", "People", "Sales"):
        assert f'"{label}"' in page


def test_an_event_that_people_registered_for_can_t_be_deleted(editor, learner):
    client = client_for(editor)
    _add(client, "events.eventpage", EventIndexPage.objects.get(), _event([_offering()]))
    event = EventPage.objects.get()
    Registration.objects.create(
        person=learner, offering=Offering.objects.get(), status="confirmed", created_at=clock.now()
    )

    response = client.post(reverse("wagtailadmin_pages:delete", args=(event.pk,)), follow=True)

    assert "registered" in response.content.decode()
    assert EventPage.objects.exists()


def test_nobody_may_make_somebody_a_superuser(owner, learner):
    client = client_for(owner)
    form = {"email": learner.email, "full_name": "Lena", "is_superuser": "on", "is_active": "on"}

    responses = [
        client.post(reverse("wagtailusers_users:edit", args=(learner.pk,)), form),
        client.get(reverse("wagtailusers_users:add")),
    ]

    assert {response.status_code for response in responses} <= {302, 403}
    learner.refresh_from_db()
    assert learner.is_superuser is False


def test_nobody_may_point_the_site_elsewhere(owner):
    assert client_for(owner).get(reverse("wagtailsites:index")).status_code in (302, 403)


def test_an_editor_s_hours_are_the_academy_s(editor, north):
    UserProfile.objects.update(current_time_zone="America/Chicago")
    summer = {"starts_at": "2030-07-01 18:00", "ends_at": "2030-07-01 20:00"}

    _add(client_for(editor), "events.eventpage", EventIndexPage.objects.get(), _event([_offering(**summer)]))

    assert Offering.objects.get().starts_at.astimezone(UTC).hour == 23


def test_the_list_of_events_shows_each_with_its_next_date(editor):
    client = client_for(editor)
    later = {"starts_at": "2040-07-01 18:00", "ends_at": "2040-07-01 20:00"}
    sooner = {"starts_at": "2030-07-01 18:00", "ends_at": "2030-07-01 20:00"}
    _add(client, "events.eventpage", EventIndexPage.objects.get(), _event([_offering(**later), _offering(**sooner)]))

    listed = client.get(reverse("event_listing:index")).content.decode()

    assert "1 July 2030, 18:00" in listed
    assert "2040" not in listed


def test_sections_and_lessons_are_listed_in_the_order_of_the_course(editor):
    client, course = client_for(editor), catalog_factory.whole_course()

    sections = client.get(reverse("wagtailadmin_explore", args=(course.pk,))).content.decode()
    lessons = client.get(reverse("wagtailadmin_explore", args=(course.get_first_child().pk,))).content.decode()

    assert sections.index("Begin") < sections.index("Go on")
    assert lessons.index("Flour") < lessons.index("Water")
