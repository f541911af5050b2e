"""Page explorer: editors start at their academy's home page."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.permissions import policy_registry

from home.pages.models import HomePage
from tests.fixtures import catalog_factory


def _open(person, path: str) -> str:
    client = Client(headers={"host": "north.localhost"})
    client.force_login(person)
    return client.get(path, follow=True).content.decode()


@pytest.mark.parametrize("who", ["owner", "editor", "teacher"])
def test_pages_begin_at_the_home_page(who, request):
    person = request.getfixturevalue(who)
    home = HomePage.objects.get()

    seen = _open(person, reverse("wagtailadmin_explore_root"))

    assert reverse("wagtailadmin_pages:add_subpage", args=(home.pk,)) in seen
    assert "will not be accessible at any URL" not in seen


def test_the_menu_of_pages_begins_there_too(editor):
    assert policy_registry.get_by_type(Page).explorable_root_instance(editor).specific == HomePage.objects.get()


def test_what_lies_below_is_reached_as_before(editor):
    course = catalog_factory.whole_course()

    seen = _open(editor, reverse("wagtailadmin_explore", args=(course.pk,)))

    assert "Begin" in seen
