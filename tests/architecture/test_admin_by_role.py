"""Every admin URL: no role reads or changes what it has no permission for."""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver
from wagtail.admin.views.generic.chooser import ModelLookupMixin

from academies.notifications.models import MessageTemplate
from academies.people.models import User
from academies.tenants.context import inside
from catalog.library.models import AcademyDocument, AcademyImage
from commerce.plans.models import Coupon
from home.pages.models import HomePage, StandardPage
from lyceum.admin_guard import listed_model
from tests.fixtures import catalog_factory
from tests.fixtures.people import make_person

# A word of each kind of thing, and who may read it.
WORDS = {
    "Canarypage": {"Owner", "Editor", "Teacher"},
    "Canaryimage": {"Owner", "Editor", "Teacher"},
    "Canarydocument": {"Owner", "Editor", "Teacher"},
    "CANARYCOUPON": {"Owner", "Finance"},
    "Canarywording": {"Owner"},
    # A date of birth, as pages and exports write it.
    "June 1987": set(),
    "1987-06-05": set(),
}
TABLES = ("wagtailcore_page", "library_academyimage", "library_academydocument", "plans_coupon", "notices_messagetemplate",
          "people_user", "people_user_groups", "wagtailcore_groupcollectionpermission")  # fmt: skip
# These sign out, fail on purpose, or catch what is no address.
LEFT_OUT = ("/admin/logout/", "/admin/failwhale/", "/admin/.*/")
SAME_ID = 700_001


@pytest.fixture
def record_ids(north: Any) -> dict[str, Any]:
    """One thing of each kind, all with one number, so that any address with a number finds one."""
    page = HomePage.objects.get().add_child(
        instance=StandardPage(pk=SAME_ID, title="Canarypage", slug="canarypage", live=False)
    )
    image = catalog_factory.picture("Canaryimage")
    AcademyImage.objects.filter(pk=image.pk).update(id=SAME_ID)
    AcademyDocument.objects.create(pk=SAME_ID, title="Canarydocument", file=ContentFile(b"rye", "c.txt"))
    template = MessageTemplate.objects.create(kind="enrolled", subject="Canarywording", body="Hello")
    coupon = Coupon.objects.create(code="CANARYCOUPON", percent=10)
    born = User.objects.create_user("born@north.example", full_name="Berta Born", date_of_birth=date(1987, 6, 5))
    return {"page": page, "coupon": coupon, "born": born, "template": template}


def routes(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


def addresses(record_ids: dict[str, Any]) -> list[str]:
    """Return every address of the admin, with the things' ids where it asks for one."""
    paths = {_filled(path, record_ids) for path, _ in routes(get_resolver(), "/") if path.startswith("/admin/")}
    return sorted(address for address in paths if not address.startswith(LEFT_OUT))


def _filled(path: str, record_ids: dict[str, Any]) -> str:
    uuids = {
        "/users/": record_ids["born"].pk,
        "people/user": record_ids["born"].pk,
        "plans/coupon": record_ids["coupon"].pk,
    }
    own = next((str(pk) for part, pk in uuids.items() if part in path), str(SAME_ID))
    if "notices/messagetemplate" in path:
        own = str(record_ids["template"].pk)
    path = path.replace("^", "").replace("$", "")
    path = re.sub(r"\(\?P<(revision_id_[ab])>[^)]*\)", "live", path).replace(r"\.\.\.", "...")
    path = re.sub(r"\(\?P<\w+>[^)]*\)", own, path)
    path = re.sub(r"<(slug|str):(content_type_)?app(_label|_name)+>", "pages", path)
    path = re.sub(r"<(slug|str):(content_type_)?(model|action)(_name)+>", "standardpage", path)
    path = path.replace("/bulk/pages/standardpage/<str:action>", "/bulk/library/academyimage/delete")
    return re.sub(r"<(\w+:)?\w+>", own, path)


def signed_in(role: str) -> Client:
    browser = Client(headers={"host": "north.localhost"}, raise_request_exception=False)
    with inside("north"):
        browser.force_login(make_person(f"{role.split()[0]} Somebody", role))
    return browser


def state() -> str:
    with connection.cursor() as cursor:
        digest = hashlib.sha256()
        for table in TABLES:
            # When somebody was here last changes by itself.
            cursor.execute(
                f"SELECT md5(string_agg((to_jsonb(t) - 'last_login')::text, ',' ORDER BY t::text)) FROM {table} t"
            )
            digest.update(str(cursor.fetchone()).encode())
        return digest.hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("role", ["Front desk", "Finance", "Teacher"])
def test_nobody_reads_what_their_role_has_no_permission_on(record_ids, role):
    browser = signed_in(role)
    hidden = [word for word, roles in WORDS.items() if role not in roles]

    leaks = []
    for address in addresses(record_ids):
        response = browser.get(f"{address}?id={SAME_ID}")
        body = b"".join(response) if response.streaming else response.content
        leaks += [(address, word) for word in hidden if word.encode() in body]

    assert leaks == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["Front desk", "Teacher"])
def test_nobody_changes_what_their_role_has_no_permission_on(record_ids, role):
    browser = signed_in(role)
    pages = role == "Teacher"
    before = state()

    changed = []
    for address in addresses(record_ids):
        if pages and "/pages/" in address:
            # Teachers write pages.
            continue
        browser.post(
            f"{address}?id={SAME_ID}", {"title": "Changed", "slug": "changed", "role": "Owner", "next": "/admin/"}
        )
        with inside("north"):
            if state() != before:
                changed.append(address)
                before = state()

    assert changed == []


# --- choosers and the admin's API -----------------------------------------------------------------------------------
def listings() -> list[tuple[str, Any]]:
    """Return each chooser and each list of the admin's API with the model that it lists."""
    urls = []
    for path, entry in routes(get_resolver(), "/"):
        view_class = getattr(entry.callback, "view_class", None)
        chooser = isinstance(view_class, type) and issubclass(view_class, ModelLookupMixin)
        listed = path.startswith("/admin/api/main/") and entry.name == "listing"
        if path.startswith("/admin/") and (listed or (chooser and "<" not in path and entry.name.startswith("choose"))):
            urls.append((path.replace("^", ""), entry))
    return urls


READERS = {
    "pages": {"Owner", "Editor", "Teacher"},
    "images": {"Owner", "Editor", "Teacher"},
    "documents": {"Owner", "Editor", "Teacher"},
    "courses/instructor": {"Owner", "Editor", "Teacher"},
    "courses/category": {"Owner", "Editor", "Teacher"},
    "events/venue": {"Owner", "Editor", "Teacher"},
    "plans/plan": {"Owner", "Finance", "Editor"},
    "plans/coupon": {"Owner", "Finance"},
    "notices/messagetemplate": {"Owner"},
}


def test_every_chooser_and_list_is_answered_to_its_own_roles_only(record_ids):
    paths = [path for path, _ in listings()]
    assert len(paths) >= 2 * (len(READERS) - 1)
    wrong = []
    for role in ("Owner", "Editor", "Teacher", "Finance", "Front desk"):
        browser = signed_in(role)
        for path in paths:
            kind = next(kind for kind in READERS if f"/{kind}/" in path)
            if (browser.get(path).status_code == 200) != (role in READERS[kind]):
                wrong.append((role, path))

    assert wrong == []


def test_a_chooser_s_model_is_known_before_its_view_runs(north):
    class Match:
        namespaces: tuple = ()
        url_name = "choose"

    unknown = [path for path, entry in listings() if listed_model(Match, entry.callback) is None]

    assert unknown == []


@pytest.mark.parametrize("role", ["Front desk", "Finance"])
def test_titles_of_pages_are_not_shown_by_moving_them(record_ids, role):
    browser = signed_in(role)

    response = browser.get(f"/admin/pages/{SAME_ID}/move/{HomePage.objects.get().pk}/confirm/")

    assert response.status_code == 302
    assert response["Location"] == "/admin/"


# --- files of one's own ---------------------------------------------------------------------------------------------
KINDS = {
    "images": (AcademyImage, "images/multiple/{}/delete/"),
    "documents": (AcademyDocument, "documents/multiple/{}/delete/"),
}


def ways_to_delete(kind: str, pk: int) -> list[str]:
    model, multiple = KINDS[kind]
    single = f"images/{pk}/delete/" if kind == "images" else f"documents/delete/{pk}/"
    bulk = f"bulk/library/{model._meta.model_name}/delete/?id={pk}"
    return [f"/admin/{path}" for path in (single, multiple.format(pk), bulk)]


@pytest.mark.parametrize("kind", ["images", "documents"])
@pytest.mark.parametrize("way", [0, 1, 2])
@pytest.mark.parametrize(
    ("role", "own", "gone"),
    [("Teacher", True, True), ("Teacher", False, False), ("Editor", False, True), ("Front desk", False, False)],
)
def test_a_teacher_deletes_their_own_files_and_nobody_else_s(record_ids, kind, way, role, own, gone):
    browser = signed_in(role)
    model = KINDS[kind][0]
    owner = User.objects.get(email=f"{role.split()[0].lower()}@north.example") if own else record_ids["born"]
    model.objects.filter(pk=SAME_ID).update(uploaded_by_user=owner)

    browser.post(ways_to_delete(kind, SAME_ID)[way], headers={"x-requested-with": "XMLHttpRequest"})

    with inside("north"):
        assert model.objects.filter(pk=SAME_ID).exists() != gone


@pytest.mark.parametrize(("own", "title"), [(True, "Changed"), (False, "Canarydocument")])
def test_a_teacher_changes_their_own_files_only(record_ids, own, title):
    browser = signed_in("Teacher")
    owner = User.objects.get(email="teacher@north.example") if own else record_ids["born"]
    AcademyDocument.objects.filter(pk=SAME_ID).update(uploaded_by_user=owner)

    with inside("north"):
        collection = AcademyDocument.objects.get(pk=SAME_ID).collection_id
    browser.post(f"/admin/documents/edit/{SAME_ID}/", {"title": "Changed", "collection": collection})

    with inside("north"):
        assert AcademyDocument.objects.get(pk=SAME_ID).title == title
