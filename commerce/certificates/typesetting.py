"""Faces and lines: which font prints a character, how wide a line is, at what size a text fits its box."""

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

from commerce.certificates import scripts

# Streams stay binary: base 85 makes a file a quarter larger and costs a third of the time.
rl_config.useA85 = 0

FOLDER = Path(__file__).parent / "fonts"
SERIF, ITALIC, SANS, WORLD, HAN, HANGUL = "Serif", "Italic", "Sans", "World", "Han", "Hangul"
_FILES = {
    SERIF: "LyceumSerif-Regular.ttf",
    ITALIC: "LyceumSerif-Italic.ttf",
    SANS: "LyceumSans-Regular.ttf",
    WORLD: "LyceumWorld-Regular.ttf",
    # Packed, and parsed only when the first name needs them: 23,600 characters weigh 3.7 MB.
    HAN: "LyceumHan-Regular.ttf.xz",
    HANGUL: "LyceumHangul-Regular.ttf.xz",
}


class _Face(TTFontFace):  # type: ignore[misc]
    """A parsed font file that threads share.

    ReportLab reads glyphs by moving one position in the file, so two threads cutting a subset at once would mix them.
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
        # Not "ASCII readable": that would embed 95 letters where a name needs twelve.
        super().__init__(name, file, asciiReadable=False)
        file.seek(0)
        self.face = _Face(file)


_fonts: dict[str, Any] = {}
_registration = Lock()


def font(name: str) -> Any:
    """Return a font that ReportLab knows, parsed once a process."""
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
    """Split a line into stretches that one font can print, preferring the font asked for."""
    found: list[Run] = []
    for char in scripts.visual(line):
        chosen = _font_for(char, name)
        if found and (found[-1].font == chosen or (char == " " and 32 in font(found[-1].font).face.charToGlyph)):
            found[-1] = Run(found[-1].font, found[-1].text + char)
        elif chosen:
            found.append(Run(chosen, char))
    return found


@lru_cache(maxsize=4096)
def _font_for(char: str, name: str) -> str:
    """Return the first font with this character.

    Where none has it: "" for pictures, which are left out, else the font asked for, which prints its empty box.
    """
    code = ord(char)
    asian = (HANGUL,) if 0xAC00 <= code <= 0xD7A3 else (HAN,) if code >= 0x3000 else ()
    missing = "" if unicodedata.category(char) in ("So", "Sk", "Mn") else name
    return next((known for known in (name, SANS, WORLD, *asian) if code in font(known).face.charToGlyph), missing)


def width(line: str, name: str, size: float, spacing: float = 0) -> float:
    """Measure a line in points; spacing is added after every character, as PDF does."""
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
    """Find the largest size at which the text fits a box (width, height), on as many lines as the height allows.

    A text too long for the smallest size is cut, with an ellipsis: nothing ever runs over its neighbour.
    """
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
    """Return how many characters of a word wider than the line still fit on it."""
    cut = len(word)
    while cut > 1 and width(word[:cut], name, size) > limit:
        cut = min(cut - 1, int(cut * limit / width(word[:cut], name, size)) + 1)
    return cut


def _balance(lines: list[str], name: str, size: float, limit: float) -> list[str]:
    """Even out two lines, so that no single word hangs below."""
    if len(lines) != 2:
        return lines
    words = " ".join(lines).split(" ")
    pairs = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    fitting = [pair for pair in pairs if max(width(half, name, size) for half in pair) <= limit]
    if not fitting:
        return lines
    return list(min(fitting, key=lambda pair: max(width(half, name, size) for half in pair)))
