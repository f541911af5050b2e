"""Block previews: an editor sees what a block looks like before choosing it."""

import pytest
from django.test import Client
from django.urls import reverse

from catalog.courses.models import CoursePage, LessonPage
from home.pages.models import HomePage
from tests.fixtures.http_client import client_for

BLOCKS = {
    f"{model.__name__}.{field}.{name}": block
    for model, field in ((HomePage, "body"), (LessonPage, "activity"), (CoursePage, "faq"))
    for name, block in model._meta.get_field(field).stream_block.child_blocks.items()
}


@pytest.fixture
def client(editor) -> Client:
    return client_for(editor)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_says_what_it_is_for(name):
    assert len(BLOCKS[name].get_description()) > 20


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_shows_itself(name, client):
    block = BLOCKS[name]

    page = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})

    assert block.is_previewable
    assert page.status_code == 200
    assert "lyceum/css/site.css" in page.content.decode()
