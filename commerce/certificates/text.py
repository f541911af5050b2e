"""Prepare text for ReportLab, which draws one glyph after another from left to right.

Arabic letters are joined by arabic-reshaper, right-to-left text is reordered by python-bidi.
"""

import re
import unicodedata
from functools import lru_cache

from arabic_reshaper import ArabicReshaper
from bidi import get_display

_JOINER = "\u034f"
_BRACKETS = r"[()\[\]{}<>«»‹›]"
_BRACKET = re.compile(_BRACKETS)
_MARKED_BRACKET = re.compile(f"(?P<ltr>{_BRACKETS}){_JOINER}|{_JOINER}(?P<rtl>{_BRACKETS})")
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")
# Vowel signs are kept. The fonts have no glyph for the ligature of the word "Allah".
_reshaper = ArabicReshaper({"delete_harakat": False, "ARABIC LIGATURE ALLAH": False})


def clean(text: str) -> str:
    """Return one line of composed characters, without controls, invisible marks, lone surrogates or double spaces."""
    spaced = (" " if unicodedata.category(char) in ("Cc", "Zs", "Zl", "Zp") else char for char in text)
    printable = "".join(char for char in spaced if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(unicodedata.normalize("NFC", printable).split())


@lru_cache(maxsize=1024)
def join_letters(text: str) -> str:
    """Return a text with Arabic letters in the forms of their places in the words. Takes milliseconds, so do it once."""
    return _reshaper.reshape(text) if _ARABIC.search(text) else text


def visual(line: str) -> str:
    """Return a line in the order in which its glyphs are drawn from left to right."""
    if line.isascii() or not any(_is_rtl(char) for char in line):
        return line
    # python-bidi doesn't mirror brackets. A joiner takes the direction of the bracket before it: reordered right to left,
    # it precedes the bracket.
    joined = _BRACKET.sub(rf"\g<0>{_JOINER}", join_letters(line))
    return _MARKED_BRACKET.sub(_mirror, str(get_display(joined)))


def _is_rtl(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


def _mirror(match: re.Match[str]) -> str:
    return match["ltr"] or match["rtl"].translate(_MIRRORED)
