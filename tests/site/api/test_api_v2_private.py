"""/api/v2/: private content is not listed, found or counted."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.models import Collection, Page, PageViewRestriction

from academies.tenants.context import inside
from catalog.courses.models import CoursePage
from catalog.library.actions import create_default_collections
from catalog.library.models import AcademyDocument
from tests.fixtures import catalog_factory

pytestmark = pytest.mark.django_db


def get(path):
    return Client().get(path, headers={"host": "north.localhost"})


@pytest.fixture(scope="module")
def module_course(module_db):
    with inside("north"):
        return catalog_factory.whole_course().pk


@pytest.fixture
def course(module_course, north):
    """A course whose first lesson, Flour, is a free preview; the others, Water and Quiz, are not."""
    return CoursePage.objects.get(pk=module_course)


def lesson(slug):
    return Page.objects.get(slug=slug)


LISTS = [
    "", "?type=courses.LessonPage", "?type=courses.SectionPage", "?type=courses.LessonPage,courses.SectionPage",
    "?search=water", "?search=quiz", "?search=w&search_operator=or", "?order=-title", "?order=random",
    "?descendant_of={course}", "?descendant_of={home}", "?child_of={course}", "?slug=water", "?title=Water",
    "?type=courses.LessonPage&search=water", "?type=wagtailcore.Page&descendant_of={course}", "?locale=en",
    "?translation_of={course}", "?ancestor_of={free}", "?site=north.localhost:8000",
]  # fmt: skip


@pytest.mark.parametrize("query", LISTS)
def test_a_lesson_that_is_no_free_preview_is_in_no_list(course, query):
    url = query.format(course=course.pk, home=lesson("home").pk, free=lesson("flour").pk)

    response = get(f"/api/v2/pages/{url}")

    assert response.status_code == 200, response.content
    listed = {item["title"] for item in response.json()["items"]}
    assert not listed & {"Water", "Quiz", "Begin", "Go on"}
    assert response.json()["meta"]["total_count"] == len(response.json()["items"])
    assert catalog_factory.SECRET not in response.content.decode()


def test_a_free_preview_is_listed_and_counted(course):
    answer = get("/api/v2/pages/?type=courses.LessonPage").json()

    assert [item["title"] for item in answer["items"]] == ["Flour"]
    assert answer["meta"]["total_count"] == 1
    assert get(f"/api/v2/pages/{lesson('flour').pk}/").status_code == 200
    assert get("/api/v2/pages/find/?html_path=/courses/sourdough/begin/flour/").status_code == 302


@pytest.mark.parametrize("slug", ["water", "quiz", "begin"])
def test_nothing_tells_it_from_what_does_not_exist(course, slug):
    private, missing = lesson(slug).pk, 999_999
    for path in (
        "pages/{}/", "pages/find/?id={}", "pages/?child_of={}", "pages/?descendant_of={}", "pages/?ancestor_of={}",
        "pages/?translation_of={}", "pages/?id={}", "courses/{}/", "courses/find/?id={}",
    ):  # fmt: skip
        response, other = get(f"/api/v2/{path.format(private)}"), get(f"/api/v2/{path.format(missing)}")
        assert response.status_code == other.status_code, path
        assert response.content.replace(str(private).encode(), b"") == other.content.replace(
            str(missing).encode(), b""
        ), path


def test_its_address_finds_nothing(course):
    for path in ("/courses/sourdough/begin/water/", "/courses/sourdough/begin/", "/courses/sourdough/go-on/quiz/"):
        assert get(f"/api/v2/pages/find/?html_path={path}").status_code == 404
        assert get(f"/api/v2/courses/find/?html_path={path}").status_code == 404


def test_its_words_are_not_in_the_detail_of_what_is_above_it(course):
    for path in (f"pages/{course.pk}/?fields=*", f"courses/{course.pk}/", f"pages/{lesson('flour').pk}/?fields=*"):
        response = get(f"/api/v2/{path}")

        assert response.status_code == 200
        assert catalog_factory.SECRET not in response.content.decode()


def test_the_outline_names_lessons_and_holds_none(course):
    outline = get(f"/api/v2/courses/{course.pk}/").json()["outline"]

    assert [[lesson["title"] for lesson in section["lessons"]] for section in outline["sections"]] == [
        ["Flour", "Water"],
        ["Quiz"],
    ]
    assert [lesson["kind"] for section in outline["sections"] for lesson in section["lessons"]] == [
        "text",
        "text",
        "quiz",
    ]
    assert {name for section in outline["sections"] for lesson in section["lessons"] for name in lesson} == {
        "id", "title", "slug", "kind", "minutes", "free_preview", "html_url",
    }  # fmt: skip


@pytest.mark.parametrize("hide", ["unpublish", "restrict", "restrict_above", "draft"])
def test_a_course_that_is_not_public_is_nowhere(course, hide):
    if hide == "unpublish":
        course.unpublish()
    elif hide == "draft":
        Page.objects.filter(pk=course.pk).update(live=False)
    else:
        page = course if hide == "restrict" else course.get_parent()
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    assert get("/api/v2/courses/").json() == {"meta": {"total_count": 0}, "items": []}
    for path in (f"courses/{course.pk}/", f"pages/{course.pk}/", "courses/find/?slug=sourdough"):
        assert get(f"/api/v2/{path}").status_code == 404, path
    assert get("/api/v2/courses/?search=sourdough").json()["meta"]["total_count"] == 0
    assert "Flour" not in get("/api/v2/pages/?limit=50").content.decode()


def test_only_documents_of_the_public_collection_are_listed(north):
    opened = create_default_collections()
    below = opened.add_child(instance=Collection(name="Programmes"))
    root = Collection.get_first_root_node()
    closed = root.add_child(instance=Collection(name="Public records of nobody"))
    for collection in (root, opened, below, closed):
        AcademyDocument.objects.create(
            title=f"In {collection}", collection=collection, file=ContentFile(b"%PDF", "a.pdf")
        )

    answer = get("/api/v2/documents/").json()

    assert {item["title"] for item in answer["items"]} == {"In Public", "In Programmes"}
    assert answer["meta"]["total_count"] == 2
    hidden = AcademyDocument.objects.get(title="In Root")
    assert get(f"/api/v2/documents/{hidden.pk}/").status_code == 404
    assert get(f"/api/v2/documents/?search={hidden.title}").json()["meta"]["total_count"] <= 2


def test_a_new_academy_has_its_public_collection(north):
    assert Collection.objects.filter(name="Public", depth=2).exists()


def test_an_instructors_account_is_nobodys_business(north, teacher):
    from catalog.courses.models import Instructor

    shown = Instructor.objects.create(name="Theo", slug="theo", account=teacher)
    Instructor.objects.create(name="Draft", slug="draft", live=False)

    for path in ("instructors/", f"instructors/{shown.pk}/"):
        body = get(f"/api/v2/{path}").content.decode()
        assert "Theo" in body
        assert teacher.email not in body
        assert str(teacher.pk) not in body
        assert "Draft" not in body
    assert get("/api/v2/instructors/?account=1").status_code == 400


@pytest.mark.parametrize(
    "query",
    ["type=no.Model", "type=people.User", "child_of=x", "limit=51", "offset=99999999999999999999", "order=colour",
     "colour=red", "first_published_at=x", "search=a&search_operator=x", "descendant_of=-1", "locale=xx%00"],
)  # fmt: skip
def test_what_pages_do_not_understand_is_refused(course, query):
    response = get(f"/api/v2/pages/?{query}")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
