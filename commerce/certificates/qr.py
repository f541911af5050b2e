"""A QR code as one path: dark modules merged into rectangles, to be filled once."""

from dataclasses import dataclass
from functools import lru_cache

import segno


@dataclass(frozen=True)
class Symbol:
    """The modules of one QR code.

    size: modules along an edge, without the quiet zone.
    bars: (column, row, length) of every horizontal run of dark modules; row 0 is the top row.
    """

    size: int
    bars: tuple[tuple[int, int, int], ...]

    @property
    def dark(self) -> int:
        return sum(length for _, _, length in self.bars)


# Segno tries all eight masks to find the one that is easiest on a scanner, which costs five times the symbol itself.
# Any mask decodes; number 3 breaks up both stripes and blocks, and a printed code is large.
MASK = 3


@lru_cache(maxsize=256)
def symbol(text: str) -> Symbol:
    """Encode a text with error correction M: a fold or a coffee ring across 15 % of the code does no harm."""
    matrix = segno.make(text, error="m", micro=False, mask=MASK).matrix
    return Symbol(size=len(matrix), bars=tuple(_bars(matrix)))


def _bars(matrix: tuple[bytearray, ...]) -> list[tuple[int, int, int]]:
    bars = []
    for row, modules in enumerate(matrix):
        start = -1
        for column, module in enumerate((*modules, 0)):
            if module and start < 0:
                start = column
            elif not module and start >= 0:
                bars.append((start, row, column - start))
                start = -1
    return bars


def path(code: Symbol) -> str:
    """Return PDF path operators in module units, the origin at the lower left corner of the code."""
    return " ".join(f"{column} {code.size - row - 1} {length} 1 re" for column, row, length in code.bars) + " f"
