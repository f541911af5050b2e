"""Writing systems: bring a text into the order and the letter forms in which it is printed from left to right.

ReportLab sets one glyph after another and knows no joining and no direction. Names need little: letters of Arabic
take the form of their place in the word, and what is written from right to left is reversed, line by line.
"""

import unicodedata
from functools import cache

_ALEF_OF_LAM = "\u0644"
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def clean(text: str) -> str:
    """Return one line of composed characters: no controls, invisible marks, broken surrogates or double spaces."""
    seen = (" " if unicodedata.category(char) in ("Cc", "Zs", "Zl", "Zp") else char for char in text)
    kept = "".join(char for char in seen if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def visual(line: str) -> str:
    """Return the line as its glyphs follow each other on paper."""
    if line.isascii() or not any(_is_rtl(char) for char in line):
        return line
    return _reorder(_join(line))


def _is_rtl(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Return Unicode's own table of Arabic letter forms: {letters: {"initial": form, ...}}."""
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFDD0), *range(0xFE70, 0xFEFD)):
        kind, _, letters = unicodedata.decomposition(chr(code)).partition("> ")
        if kind[1:] in ("initial", "medial", "final", "isolated") and letters:
            text = "".join(chr(int(letter, 16)) for letter in letters.split())
            if len(text) == 1 or (len(text) == 2 and text[0] == _ALEF_OF_LAM and code >= 0xFEF5):
                forms.setdefault(text, {}).setdefault(kind[1:], chr(code))
    return forms


def _join(line: str) -> str:
    """Replace Arabic letters by the form their neighbours ask for, and lam with alef by its ligature."""
    forms = _forms()
    letters: list[str] = []
    for char in line:
        if letters and letters[-1] + char in forms:
            letters[-1] += char
        else:
            letters.append(char)
    joined = []
    for index, letter in enumerate(letters):
        before = _neighbour(letters[:index][::-1])
        after = _neighbour(letters[index + 1 :])
        right = "initial" in forms.get(before, {})
        left = "initial" in forms.get(letter, {}) and "final" in forms.get(after, {})
        kind = ("medial" if left else "final") if right else ("initial" if left else "isolated")
        joined.append(forms.get(letter, {}).get(kind, letter))
    return "".join(joined)


def _neighbour(letters: list[str]) -> str:
    """Return the first letter that is no vowel sign: those sit on a letter and join nothing."""
    return next((letter for letter in letters if not unicodedata.combining(letter[0])), "")


def _clusters(line: str) -> list[str]:
    clusters: list[str] = []
    for char in line:
        if clusters and unicodedata.combining(char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _reorder(line: str) -> str:
    """Reverse what runs from right to left; the first letter with a direction decides for the whole line."""
    clusters = _clusters(line)
    sides = [unicodedata.bidirectional(cluster[0]) for cluster in clusters]
    strong = ["R" if side in ("R", "AL") else "L" if side in ("L", "EN", "AN") else "" for side in sides]
    base = next((side for side in strong if side), "L")
    for index, side in enumerate(strong):
        if not side:
            before = next((s for s in reversed(strong[:index]) if s), base)
            after = next((s for s in strong[index + 1 :] if s), base)
            strong[index] = before if before == after else base
    runs: list[tuple[str, list[str]]] = []
    for side, cluster in zip(strong, clusters, strict=True):
        if not runs or runs[-1][0] != side:
            runs.append((side, []))
        runs[-1][1].append(cluster.translate(_MIRRORED) if side == "R" else cluster)
    ordered = runs if base == "L" else runs[::-1]
    return "".join("".join(run if side == "L" else run[::-1]) for side, run in ordered)
