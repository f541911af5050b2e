"""Media files: only renditions have public URLs, and private collections are protected."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.users.models import UserProfile

from academies.tenants.context import inside
from catalog.library.models import AcademyDocument
from tests.fixtures import catalog_factory
from tests.fixtures.http_client import client_for

pytestmark = pytest.mark.django_db

LOGIN, GROUPS, PASSWORD = "login", "groups", "password"
SLASH, DOTS = ("/", "%5c", "%252f"), ("..", "%252e%252e", "%c0%ae%c0%ae", "...")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def image(north):
    return catalog_factory.picture("Loaf")


@pytest.fixture
def rendition(image):
    return image.get_rendition("width-40")


@pytest.fixture
def document(north):
    return AcademyDocument.objects.create(title="Costing", file=ContentFile(b"%PDF paid for", "costing.pdf"))


def restrict(image, kind, *groups):
    image.collection = Collection.get_first_root_node().add_child(instance=Collection(name="Members"))
    image.save()
    restriction = CollectionViewRestriction.objects.create(
        collection=image.collection, restriction_type=kind, password="knead" if kind == PASSWORD else ""
    )
    restriction.groups.set(Group.objects.filter(name__in=groups))
    return restriction


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_rendition_is_for_everybody(rendition):
    response = client_for().get(rendition.url)

    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert body(response) == default_storage.open(rendition.file.name).read()
    assert "public" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert client_for().head(rendition.url).status_code == 200
    assert client_for().post(rendition.url).status_code == 405


@pytest.mark.parametrize("folder", ["images", "avatar_images", "images/none", "documents", "x", "."])
def test_no_spelling_of_a_path_leads_to_anything_else(rendition, image, document, folder):
    secrets = (document.file.name, image.file.name)
    paths = [
        f"/media/{folder}{slash}{dots}{slash}{name.replace('/', slash)}"
        for name in secrets
        for slash in SLASH
        for dots in DOTS
    ]

    visitor = client_for()
    for path in [*paths, f"/media/{folder}/.%2E%2f{secrets[0]}"]:
        assert visitor.get(path, headers={"range": "bytes=0-9"}).status_code == 404, path
    assert visitor.head(f"/media/{folder}/../{secrets[0]}").status_code == 404
    for name in secrets:
        assert client_for().get(f"/media/{folder}/%00../{name}").status_code == 400


def test_no_file_but_a_rendition_has_an_address(rendition, image, document, owner):
    default_storage.save("images/left-behind.jpg", ContentFile(b"x"))
    root = default_storage.location

    for name in (
        document.file.name, image.file.name, f"{image.file.name}.", document.file.name.upper(), f"/{image.file.name}", f"{root}/{image.file.name}",
        "images/left-behind.jpg", "images", "images/", "images/..", f"{rendition.file.name}/", f"{rendition.file.name}.",
        rendition.file.name.upper(), f"./{rendition.file.name}", "%F0%28%8C%28", "x" * 5000,
        rendition.file.name.replace("0", "٠").replace("4", "٤"), f"north/{rendition.file.name}", f"../north/{rendition.file.name}",
    ):  # fmt: skip
        for person in (None, owner):
            assert client_for(person).get(f"/media/{name}").status_code == 404, name
    assert client_for().get(f"/media/{rendition.file.name}%00").status_code == 400


def test_another_academy_has_no_such_picture(rendition):
    assert client_for(host="south.localhost").get(rendition.url).status_code == 404
    assert client_for(host="south.localhost").get(f"/media/../north/{rendition.file.name}").status_code == 404


def test_a_picture_is_found_in_one_query(rendition, django_assert_num_queries):
    client_for().get(rendition.url)

    with django_assert_num_queries(1):
        client_for().get(rendition.url)


@pytest.mark.parametrize(
    ("kind", "groups", "expected"),
    [
        (LOGIN, (), {"learner": 200, "finance": 200, "editor": 200, None: 404}),
        (GROUPS, ("Finance",), {"learner": 404, "finance": 200, "editor": 200, None: 404}),
        (PASSWORD, (), {"learner": 404, "finance": 404, "editor": 200, None: 404}),
    ],
)
@pytest.mark.parametrize("above", [False, True])
def test_a_picture_of_a_private_collection_is_for_whom_it_opens(
    rendition, learner, finance, editor, kind, groups, expected, above
):
    people = {"learner": learner, "finance": finance, "editor": editor, None: None}
    image = rendition.image
    restrict(image, kind, *groups)
    if above:
        image.collection = image.collection.add_child(instance=Collection(name="Below"))
        image.save()

    responses = {name: client_for(people[name]).get(rendition.url) for name in expected}

    assert {name: response.status_code for name, response in responses.items()} == expected
    assert {r["Cache-Control"] for r in responses.values() if r.status_code == 200} == {"private, no-cache"}


def test_a_picture_made_private_is_not_unchanged_for_a_stranger(rendition):
    etag = client_for().get(rendition.url)["ETag"]
    assert client_for().get(rendition.url, headers={"if-none-match": etag}).status_code == 304

    restrict(rendition.image, LOGIN)

    assert client_for().get(rendition.url, headers={"if-none-match": etag}).status_code == 404


def test_a_shared_cache_asks_again_within_minutes(rendition):
    assert "s-maxage=300" in client_for().get(rendition.url)["Cache-Control"]


def test_the_api_lists_no_file_of_a_private_collection(rendition, owner):
    restriction = restrict(rendition.image, PASSWORD)
    passed = client_for(owner)
    session = passed.session
    session[CollectionViewRestriction.passed_view_restrictions_session_key] = [restriction.pk]
    with inside("north"):
        session.save()

    for visitor in (client_for(), passed):
        assert visitor.get("/api/v2/images/").json()["meta"]["total_count"] == 0
        assert visitor.get(f"/api/v2/images/{rendition.image_id}/").status_code == 404


def test_a_portrait_of_the_staff_is_for_the_staff(owner, editor, learner):
    portrait, _ = UserProfile.objects.get_or_create(user=owner)
    portrait.avatar.save("face.png", ContentFile(b"face"))
    name = portrait.avatar.name

    responses = {person: client_for(person).get(f"/media/{name}") for person in (owner, editor, learner, None)}

    assert {who: response.status_code for who, response in responses.items()} == {
        owner: 200,
        editor: 200,
        learner: 404,
        None: 404,
    }
    assert responses[editor]["Cache-Control"] == "private, no-cache"
