"""Message catalogues are compiled."""

import gettext
import re
from pathlib import Path

import lyceum

CATALOGUES = sorted(Path(lyceum.__file__).parent.glob("locale/*/LC_MESSAGES/django.po"))
_PAIR = re.compile(r'^msgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)


def test_every_catalogue_is_compiled_as_it_is_written():
    assert CATALOGUES
    for file in CATALOGUES:
        with file.with_suffix(".mo").open("rb") as compiled:
            said = gettext.GNUTranslations(compiled)
        for english, other in _PAIR.findall(file.read_text(encoding="utf-8")):
            plain = english.replace('\\"', '"')
            assert said.gettext(plain) == other.replace('\\"', '"'), f"run msgfmt on {file.name}: {english}"
