"""Template tags: durations, position in a course, structured data."""

import json
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template

from home.pages.templatetags import pages_tags as words


def _outline(*sections: tuple[int, ...]) -> SimpleNamespace:
    return SimpleNamespace(
        sections=[SimpleNamespace(lessons=[SimpleNamespace(id=number) for number in lessons]) for lessons in sections]
    )


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (200, "3 h 20 min"), (None, "0 min")]
)
def test_minutes_are_said_as_people_do(minutes, text):
    assert words.duration(minutes) == text


@pytest.mark.parametrize(
    ("days", "text"), [(1, "1 day"), (14, "14 days"), (30, "1 month"), (90, "3 months"), (365, "12 months")]
)
def test_access_is_said_in_months_where_it_comes_out_even(days, text):
    assert words.span(days) == text


def test_structured_data_cannot_leave_its_script_element():
    hostile = {"name": "</script><script>alert(1)</script>&\u2028"}

    printed = words.json_ld(hostile)

    assert printed.count("<script") == 1
    assert printed.count("</script>") == 1
    inside = printed.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert json.loads(inside) == hostile


def test_a_lesson_knows_its_neighbours_across_sections():
    outline = _outline((1, 2), (3,))

    place = words.steps(outline, SimpleNamespace(pk=2))

    assert (place["number"], place["count"]) == (2, 3)
    assert (place["previous"].id, place["next"].id) == (1, 3)


def test_the_ends_of_a_course_have_no_further_neighbour():
    outline = _outline((1, 2), (3,))

    first, last = (words.steps(outline, SimpleNamespace(pk=number)) for number in (1, 3))

    assert first["previous"] is None
    assert last["next"] is None


def test_what_comes_next_is_the_first_lesson_not_complete():
    outline = _outline((1, 2), (3,))
    done, begun = SimpleNamespace(completed_at="yesterday"), SimpleNamespace(completed_at=None)

    assert words.next_lesson(outline, {}).id == 1
    assert words.next_lesson(outline, {1: done, 2: begun}).id == 2
    assert words.next_lesson(outline, {1: done, 2: done, 3: done}).id == 1
    assert words.next_lesson(_outline(), {}) is None


class _Apply(forms.Form):
    full_name = forms.CharField(max_length=50)
    born = forms.DateField(required=False)


def test_a_field_says_what_is_wrong_beside_it_and_at_the_top():
    form = _Apply({"full_name": "", "born": "never"})

    html = Template(
        "{% load pages_tags %}{% form_errors form %}"
        '{% field form.full_name autocomplete="name" help="As on your certificates." %}{% field form.born type="date" %}'
    ).render(Context({"form": form}))

    assert 'href="#id_full_name"' in html
    assert 'autocomplete="name"' in html
    assert 'aria-describedby="id_full_name_help id_full_name_error"' in html
    assert 'type="date"' in html
    assert 'id="id_born_error"' in html


def test_the_summary_calls_a_field_what_the_page_calls_it():
    form = _Apply({"full_name": "", "born": ""})

    html = Template("{% load pages_tags %}{% form_errors form full_name='Your name' %}").render(Context({"form": form}))

    assert "Your name: This field is required." in html
    assert "Full name" not in html


def test_a_form_without_errors_has_no_summary():
    html = Template("{% load pages_tags %}{% form_errors form %}").render(Context({"form": _Apply()}))

    assert html.strip() == ""
