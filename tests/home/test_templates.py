"""Templates: each compiles, follows the content security policy and extends what it should."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template, render_to_string

from catalog.activities import registry

FOLDER = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.suffix in (".html", ".txt"))
PAGES = [name for name in TEMPLATES if name.endswith(".html")]
# Shown when nothing else may be relied on: no database and no academy.
ALONE = ("500.html", "unknown_host.html", "maintenance.html", "suspended.html", "unavailable.html")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_carries_styles_or_scripts_of_its_own(name):
    text = (FOLDER / name).read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("name", PAGES)
def test_no_line_is_longer_than_120_characters(name):
    assert [line for line in (FOLDER / name).read_text().splitlines() if len(line) > 120] == []


@pytest.mark.parametrize("name", ALONE)
def test_a_page_for_bad_moments_needs_one_static_style_sheet_and_nothing_else(name):
    html = render_to_string(name)

    assert html.strip().lower().startswith("<!doctype html>")
    assert re.findall(r'(?:href|src)="([^"]+)"', html.replace('href="/"', "")) == ["/static/lyceum/css/standalone.css"]
    assert "<h1>" in html


def test_every_kind_of_lesson_has_its_template():
    for kind in registry.kinds().values():
        assert get_template(kind.template)


def test_pictures_are_printed_by_the_tag_that_never_makes_them():
    makers = re.compile(r"{%\s*(srcset_image|image|picture \S+ (?:fill|width|max|min)-)")

    guilty = [name for name in TEMPLATES if makers.search((FOLDER / name).read_text())]

    assert guilty == []
