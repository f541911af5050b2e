"""Message catalogues: every sentence is in them, translated and compiled."""

import gettext
import re

import pytest
from django.apps import apps
from django.utils import translation
from django.utils.functional import Promise

from academies.kernel.errors import Refusal
from academies.records.record_admin import RecordAdmin
from lyceum import ROOT
from tests.fixtures import sentences

CATALOGUES = sorted((ROOT / "site" / "lyceum" / "locale").glob("*/LC_MESSAGES/django.po"))
LANGUAGES = [file.parts[-3] for file in CATALOGUES]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%|{{ \w+ }}")
ROOMS = ("academies.", "catalog.", "commerce.", "home.", "lyceum.")


@pytest.fixture(params=CATALOGUES, ids=LANGUAGES)
def catalogue(request):
    return sentences.of_catalogue(request.param)


def test_every_language_of_pages_has_a_catalogue(settings):
    assert LANGUAGES
    assert {*settings.COMPLETE_LANGUAGES} == {"en", *LANGUAGES}
    assert settings.LOCALE_PATHS == [ROOT / "site" / "lyceum" / "locale"]


def test_every_marked_sentence_is_in_the_catalogue(catalogue):
    """Otherwise run `make messages`, and translate what it adds."""
    assert sorted(sentences.of_sources() - set(catalogue)) == []


def test_the_catalogue_has_nothing_that_nobody_says(catalogue):
    assert sorted(set(catalogue) - sentences.of_sources()) == []


def test_every_sentence_is_translated_for_sure(catalogue):
    assert [entry.sentence for entry in catalogue.values() if not all(entry.forms) or "fuzzy" in entry.flags] == []
    assert [entry.sentence for entry in catalogue.values() if entry.plural and len(entry.forms) < 2] == []


def test_a_translation_fills_in_what_the_sentence_fills_in(catalogue):
    """A form for one may say "one" in a word."""
    for entry in catalogue.values():
        expected = set(PLACEHOLDER.findall(entry.sentence)) | set(PLACEHOLDER.findall(entry.plural))
        assert set(PLACEHOLDER.findall(entry.forms[-1])) == expected, entry.sentence
        assert set(PLACEHOLDER.findall(entry.forms[0])) <= expected, entry.sentence


def test_a_translation_can_stand_in_an_attribute(catalogue):
    marks = [entry for entry in catalogue.values() if '"' not in entry.sentence and "<" not in entry.sentence]

    assert [entry.sentence for entry in marks if any('"' in form or "<" in form for form in entry.forms)] == []


@pytest.mark.parametrize("file", CATALOGUES, ids=LANGUAGES)
def test_the_catalogue_is_compiled_as_it_is_written(file):
    """Otherwise run `make messages`."""
    with file.with_suffix(".mo").open("rb") as compiled:
        known = gettext.GNUTranslations(compiled)

    for entry in sentences.of_catalogue(file).values():
        if entry.plural:
            assert tuple(known.ngettext(entry.sentence, entry.plural, number) for number in (1, 2)) == entry.forms[:2]
        else:
            assert known.gettext(entry.sentence) == entry.forms[0], entry.sentence


def kinds_below(kind):
    for child in kind.__subclasses__():
        yield child
        yield from kinds_below(child)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_says_what_it_says_in_every_language(language, catalogue):
    refusals = [kind for kind in (Refusal, *kinds_below(Refusal)) if kind.__module__.startswith(ROOMS)]
    with translation.override("en"):
        messages = {str(text) for kind in refusals for text in (kind.message, kind.title)}

    assert len(refusals) > 40
    assert sorted(messages - set(catalogue)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_of_the_admin_is_said_in_every_language(language, catalogue):
    fields = [
        field for model in apps.get_models() if model.__module__.startswith(ROOMS) for field in model._meta.get_fields()
    ]
    helps = [
        field.help_text
        for field in fields
        if getattr(field, "help_text", "") and field.model.__module__.startswith(ROOMS)
    ]
    records = list(kinds_below(RecordAdmin))
    labels = [admin.menu_label for admin in records if admin.menu_label]
    labels += [text for admin in records for action in admin.actions for text in (action.label, action.asks)]

    bare = sorted({str(text) for text in labels if not isinstance(text, Promise)})
    texts = [text for text in (*helps, *labels) if isinstance(text, Promise)]

    assert bare == []
    assert sorted({str(text) for text in texts if _in(language, text) == _in("en", text) not in catalogue}) == []


def _in(language, text):
    with translation.override(language):
        return str(text)
