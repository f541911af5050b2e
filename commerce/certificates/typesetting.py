"""Fonts and lines: which font has a character, how wide a line is, at which size a text fits a box."""

import lzma
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace

from commerce.certificates.text import join_letters, visual

# Streams stay binary: base 85 makes a file a quarter larger and costs a third of the time.
rl_config.useA85 = 0

FOLDER = Path(__file__).parent / "fonts"
SERIF, ITALIC, SANS, WORLD, HAN, HANGUL = "Serif", "Italic", "Sans", "World", "Han", "Hangul"
_FILES = {
    SERIF: "LyceumSerif-Regular.ttf",
    ITALIC: "LyceumSerif-Italic.ttf",
    SANS: "LyceumSans-Regular.ttf",
    WORLD: "LyceumWorld-Regular.ttf",
    # Compressed, and parsed when a text needs them for the first time: 23,600 characters are 3.7 MB.
    HAN: "LyceumHan-Regular.ttf.xz",
    HANGUL: "LyceumHangul-Regular.ttf.xz",
}


class _SharedFace(TTFontFace):  # type: ignore[misc]
    """A parsed font file that threads share.

    ReportLab reads glyphs through one file position, so only one thread at a time may make a subset.
    """

    def __init__(self, file: BytesIO) -> None:
        super().__init__(file)
        self._lock = Lock()
        self._subset = lru_cache(maxsize=64)(super().makeSubset)

    def makeSubset(self, subset: list[int]) -> bytes:
        with self._lock:
            program: bytes = self._subset(tuple(subset))
            return program


class _Font(TTFont):  # type: ignore[misc]
    def __init__(self, name: str, file: BytesIO) -> None:
        # asciiReadable would embed 95 letters even if a name needs twelve.
        super().__init__(name, file, asciiReadable=False)
        file.seek(0)
        self.face = _SharedFace(file)


_fonts: dict[str, Any] = {}
_registration = Lock()


def font(name: str) -> Any:
    """Return a font registered with ReportLab, parsed once per process."""
    if name not in _fonts:
        with _registration:
            if name not in _fonts:
                content = (FOLDER / _FILES[name]).read_bytes()
                unpacked = lzma.decompress(content) if _FILES[name].endswith(".xz") else content
                parsed = _Font(name, BytesIO(unpacked))
                pdfmetrics.registerFont(parsed)
                _fonts[name] = parsed
    return _fonts[name]


@dataclass(frozen=True)
class Run:
    """Characters of one font."""

    font: str
    text: str


@dataclass(frozen=True)
class Block:
    """Lines, in reading order, that fit a box at this size in points."""

    size: float
    lines: tuple[str, ...]


def runs(line: str, name: str) -> list[Run]:
    """Split a line into runs of characters of one font, preferring the font `name`."""
    line_runs: list[Run] = []
    for char in visual(line):
        chosen = _font_for(char, name)
        last = line_runs[-1] if line_runs else None
        if last and (last.font == chosen or (char == " " and 32 in font(last.font).face.charToGlyph)):
            line_runs[-1] = Run(last.font, last.text + char)
        elif chosen:
            line_runs.append(Run(chosen, char))
    return line_runs


@lru_cache(maxsize=4096)
def _font_for(char: str, name: str) -> str:
    """Return the first font that has a character.

    If none has it: "" for emoji and marks, which are left out, else `name`, which draws its box for missing glyphs.
    """
    code = ord(char)
    asian = (HANGUL,) if 0xAC00 <= code <= 0xD7A3 else (HAN,) if code >= 0x3000 else ()
    missing = "" if unicodedata.category(char) in ("So", "Sk", "Mn") else name
    return next((known for known in (name, SANS, WORLD, *asian) if code in font(known).face.charToGlyph), missing)


def width(line: str, name: str, size: float, spacing: float = 0) -> float:
    """Return the width of a line in points. Spacing is added after every character, as in PDF."""
    if line.isascii():
        return _ascii_width(line, name) * size + spacing * len(line)
    widths: list[float] = [font(run.font).stringWidth(run.text, size) for run in runs(line, name)]
    return sum(widths) + spacing * len(line)


@lru_cache(maxsize=4096)
def _ascii_width(line: str, name: str) -> float:
    face = font(name).face
    widths: list[float] = [face.charWidths.get(ord(char), face.defaultWidth) for char in line]
    return sum(widths) / 1000


def fit(text: str, name: str, *, box: tuple[float, float], sizes: tuple[float, ...], leading: float = 1.18) -> Block:
    """Return the lines of a text at the largest size at which they fit a box (width, height).

    A text that doesn't fit at the smallest size is cut off with an ellipsis.
    """
    text = join_letters(text)
    lines: list[str] = []
    for size in sizes:
        room = max(1, int(box[1] // (size * leading)))
        lines = _wrap(text, name, size, box[0])
        if len(lines) <= room:
            return Block(size, tuple(_balance(lines, name, size, box[0])))
    last = lines[room - 1]
    while last and width(last + "…", name, size) > box[0]:
        last = last[:-1]
    return Block(size, (*lines[: room - 1], last.rstrip() + "…"))


def _wrap(text: str, name: str, size: float, limit: float) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer, name, size) <= limit:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width(line, name, size) > limit:
            cut = _breaking(line, name, size, limit)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line else lines


def _breaking(word: str, name: str, size: float, limit: float) -> int:
    """Return how many characters of a word that is wider than the line fit on it."""
    cut = len(word)
    while cut > 1 and width(word[:cut], name, size) > limit:
        cut = min(cut - 1, int(cut * limit / width(word[:cut], name, size)) + 1)
    return cut


def _balance(lines: list[str], name: str, size: float, limit: float) -> list[str]:
    """Balance two lines, so that no single word is left on the second."""
    if len(lines) != 2:
        return lines
    words = " ".join(lines).split(" ")
    pairs = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    fitting = [pair for pair in pairs if max(width(half, name, size) for half in pair) <= limit]
    if not fitting:
        return lines
    return list(min(fitting, key=lambda pair: max(width(half, name, size) for half in pair)))
