"""Tenant isolation: two academies with the same primary keys never see each other's data.

Each test fails when its fix is taken out; docs/tenancy.md names the fix beside the trap.
"""

from io import BytesIO

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.test import Client, RequestFactory
from django_tasks import default_task_backend
from django_tenants.utils import schema_context
from PIL import Image as Picture
from wagtail.models import Page, Site

from academies.kernel.codes import uuid7
from academies.outbox import actions as outbox
from academies.people import actions
from academies.people.models import User
from academies.tenants import queries as tenants
from academies.tenants.context import NoAcademy, inside
from academies.tenants.middleware import AcademyMiddleware
from academies.tenants.models import Academy
from catalog.library.models import AcademyDocument, AcademyImage
from home.pages.models import Brand, HomePage, StandardPage
from tests.fixtures import catalog_factory
from tests.fixtures.people import PASSWORD

pytestmark = pytest.mark.django_db

SCHEMAS = ("north", "south")


def _picture(colour: str) -> SimpleUploadedFile:
    file = BytesIO()
    Picture.new("RGB", (80, 60), colour).save(file, "PNG")
    return SimpleUploadedFile(f"{colour}.png", file.getvalue(), "image/png")


def _get(schema: str, path: str, client: Client | None = None, **extra):
    return (client or Client()).get(path, headers={"host": f"{schema}.localhost"}, **extra)


@pytest.fixture
def twin_id(db):
    """Somebody with the same key and e-mail in both academies; only the names differ."""
    key = uuid7()
    for schema in SCHEMAS:
        with inside(schema):
            User.objects.create_user(
                "twin@twins.example", PASSWORD, id=key, full_name=f"Twin {schema.capitalize()}erner"
            )
            actions.give_role(person=User.objects.get(pk=key), role="Owner")
    return key


def test_a_cookie_of_north_is_a_stranger_in_south(twin_id):
    client = Client()
    with inside("north"):
        client.force_login(User.objects.get(pk=twin_id))
        encoded = User.objects.get(pk=twin_id).password
    with inside("south"):
        # As in an academy that was copied: not even the password tells the two apart.
        User.objects.filter(pk=twin_id).update(password=encoded)

    at_home, abroad = _get("north", "/admin/", client), _get("south", "/admin/", client)

    assert at_home.status_code == 200
    assert abroad.status_code == 302
    assert "/login/" in abroad["Location"]


def test_the_same_picture_key_has_its_own_renditions():
    renditions = {}
    for schema, colour in zip(SCHEMAS, ("red", "blue"), strict=True):
        with inside(schema):
            picture = AcademyImage(pk=7001, title=colour, file=_picture(colour))
            picture.save()
            renditions[schema] = picture.get_rendition("width-40")

    with inside("south"):
        again = AcademyImage.objects.get(pk=7001).get_rendition("width-40")

    assert "blue" in again.file.name
    assert renditions["north"].file.name != again.file.name
    with inside("north"):
        assert "red" in AcademyImage.objects.get(pk=7001).get_rendition("width-40").file.name


def test_addresses_carry_their_own_host_when_both_are_warm():
    for _ in range(2):
        for schema in SCHEMAS:
            with inside(schema):
                assert HomePage.objects.get().full_url == f"http://{schema}.localhost:8000/"
                assert tenants.current_base_url() == f"http://{schema}.localhost:8000"


def test_the_sitemap_carries_its_own_host():
    for _ in range(2):
        for schema, other in (SCHEMAS, SCHEMAS[::-1]):
            body = _get(schema, "/sitemap.xml").content.decode()

            assert f"{schema}.localhost" in body
            assert f"{other}.localhost" not in body


def test_a_picture_s_full_address_carries_its_own_host():
    for schema in SCHEMAS:
        with inside(schema):
            picture = AcademyImage.objects.create(title="p", file=_picture("green"))
            assert picture.get_rendition("width-20").full_url.startswith(
                f"http://{schema}.localhost:8000/media/images/"
            )


def test_links_in_the_admin_s_mails_carry_their_own_host():
    from wagtail.admin.utils import get_admin_base_url

    for schema in SCHEMAS:
        with inside(schema):
            assert str(get_admin_base_url()) == f"http://{schema}.localhost:8000"


def test_a_preview_with_a_foreign_site_stays_at_home():
    with inside("north"):
        Site.objects.update(hostname="south.localhost")
        seen = []
        request = RequestFactory().get("/", headers={"host": "south.localhost"})
        request.is_dummy = True

        AcademyMiddleware(lambda request: seen.append(connection.schema_name))(request)

        assert seen == ["north"]
        assert connection.schema_name == "north"


def test_previewing_a_page_of_north_shows_north(twin_id):
    client = Client()
    with inside("north"):
        Site.objects.update(hostname="south.localhost")
        client.force_login(User.objects.get(pk=twin_id))
        home = HomePage.objects.get()
        home.headline = "canary-of-north"
        home.save_revision()

    response = _get("north", f"/admin/pages/{home.pk}/view_draft/", client)

    assert response.status_code == 200
    assert "canary-of-north" in response.content.decode()


def test_a_queued_deletion_hits_only_its_academy(django_capture_on_commit_callbacks):
    """Two documents of one file name; Wagtail deletes the file of the one in the background, after commit."""
    with django_capture_on_commit_callbacks(execute=True):
        for schema in SCHEMAS:
            with inside(schema):
                default_storage.delete("documents/shared.txt")
                AcademyDocument.objects.create(pk=7001, title="Plan", file=ContentFile(schema.encode(), "shared.txt"))
        with inside("north"):
            AcademyDocument.objects.get(pk=7001).delete()

    with inside("south"):
        outbox.drain()
        assert default_storage.exists("documents/shared.txt")
    with inside("north"):
        assert default_storage.exists("documents/shared.txt")
        outbox.drain()
        assert not default_storage.exists("documents/shared.txt")
    with inside("south"):
        assert AcademyDocument.objects.get(pk=7001).file.read() == b"south"


def test_a_background_task_without_an_academy_refuses_to_be_queued():
    from wagtail.tasks import delete_file_from_storage_task

    with pytest.raises(NoAcademy):
        default_task_backend.enqueue(delete_file_from_storage_task, [[], "documents/shared.txt"], {})


def test_content_types_and_permissions_have_the_same_keys_everywhere():
    from django.contrib.auth.models import Permission

    seen = []
    for schema in SCHEMAS:
        with inside(schema):
            seen.append(
                (
                    sorted(ContentType.objects.values_list("pk", "app_label", "model")),
                    sorted(Permission.objects.values_list("pk", "codename", "content_type_id")),
                )
            )

    assert seen[0] == seen[1]


def test_a_missing_table_fails_loudly_and_public_stays_clean():
    with inside("north"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE north.pages_brand RENAME TO pages_brand_lost")
        with pytest.raises(ProgrammingError), transaction.atomic():
            Brand.objects.count()
        transaction.set_rollback(True)


def test_public_holds_the_land_registry_only():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()}

    assert tables == {
        "django_content_type",
        "django_migrations",
        "inbox_event",
        "operations_alarm",
        "operations_heartbeat",
        "operations_measurement",
        "tenants_academy",
        "tenants_domain",
        "tenants_templateartefact",
    }


def test_a_task_without_an_academy_refuses_to_run():
    from academies.outbox.tasks import sweep

    with pytest.raises(NoAcademy):
        sweep()
    with inside("north"):
        assert connection.schema_name == "north"


def test_a_task_leaves_the_connection_where_it_was_even_when_it_fails():
    with inside("north"):
        with pytest.raises(ZeroDivisionError), inside("south"):
            _ = 1 / 0

        assert connection.schema_name == "north"


def test_hooks_after_commit_run_in_the_academy_that_registered_them(django_capture_on_commit_callbacks):
    ran_in = []
    with django_capture_on_commit_callbacks(execute=True):
        for schema in SCHEMAS:
            with inside(schema):
                transaction.on_commit(lambda: ran_in.append(connection.schema_name))

    assert ran_in == ["north", "south"]
    assert connection.schema_name == "public"


@pytest.mark.parametrize("alias", ["default", "renditions"])
def test_caches_keep_academies_apart(alias):
    for schema in SCHEMAS:
        with inside(schema):
            caches[alias].set("wagtail_site_root_paths", schema)

    for schema in SCHEMAS:
        with inside(schema):
            assert caches[alias].get("wagtail_site_root_paths") == schema


def test_files_keep_academies_apart():
    names = {}
    for schema in SCHEMAS:
        with inside(schema):
            rendition = catalog_factory.picture("Canary").get_rendition("width-40")
            with default_storage.open(rendition.file.name, "wb") as file:
                file.write(f"canary-of-{schema}".encode())
            names[schema] = rendition.file.name

    for schema in SCHEMAS:
        response = _get(schema, f"/media/{names[schema]}")
        assert b"".join(response.streaming_content).decode() == f"canary-of-{schema}"


@pytest.mark.parametrize(
    "path", ["../south/images/canary.txt", "documents/plan.pdf", "images/../../south/images/canary.txt"]
)
def test_media_serves_no_other_academy_s_file_and_no_document(path):
    with inside("south"):
        default_storage.save("images/canary.txt", ContentFile("canary"))

    assert _get("north", f"/media/{path}").status_code == 404


@pytest.mark.parametrize("host", ["NORTH.localhost", "north.localhost.", "north.localhost:8000"])
def test_a_host_is_understood_however_it_is_written(host):
    assert Client().get("/", headers={"host": host}).status_code == 200


def test_the_same_e_mail_may_sign_in_to_both_with_its_own_password(twin_id):
    from django.contrib.auth import authenticate

    for schema in SCHEMAS:
        with inside(schema):
            user = authenticate(username="twin@twins.example", password=PASSWORD)
            assert user.full_name == f"Twin {schema.capitalize()}erner"


def test_a_warm_request_spends_no_query_on_finding_its_academy(django_assert_num_queries):
    middleware = AcademyMiddleware(lambda request: connection.schema_name)
    request = RequestFactory().get("/", headers={"host": "north.localhost"})
    middleware(request)

    with django_assert_num_queries(0):
        assert middleware(request) == "north"


def test_what_another_process_changed_in_the_registry_is_seen(north, monkeypatch):
    monkeypatch.setattr(tenants, "COMPARE_EVERY", -1.0)
    assert tenants.academy_at("north.localhost").name == "Northlight School of Baking"

    # The other process: its signals and its memory are not ours.
    Academy.objects.filter(schema_name="north").update(name="Northlight Abroad")
    before = tenants.academy_at("north.localhost").name
    with schema_context("public"):
        caches["default"].set(tenants.MARK, "of another process", None)
    after = tenants.academy_at("north.localhost").name
    tenants.forget()

    assert (before, after) == ("Northlight School of Baking", "Northlight Abroad")


def test_the_template_holds_no_person_session_or_file():
    with inside("south"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', 'lyceum_template_8c1f', true)")
        for table in (
            "people_user",
            "people_browsersession",
            "people_signin",
            "library_academyimage",
            "checkout_paymentaccount",
        ):
            cursor.execute(f"SELECT count(*) FROM lyceum_template_8c1f.{table}")
            assert cursor.fetchone() == (0,)
    connection.search_path_set_schemas = None


def test_a_page_of_north_isn_t_found_in_south(north):
    key = max(Page.objects.values_list("pk", flat=True)) + 500
    home = HomePage.objects.get()
    home.add_child(instance=StandardPage(pk=key, title="Only in north", slug="only-in-north"))

    assert _get("north", "/only-in-north/").status_code == 200
    assert _get("south", "/only-in-north/").status_code == 404
