"""Shapes on a canvas. Drawn at twice the size and reduced, which smooths their edges."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

Point = tuple[float, float]
_TWICE = 2


@dataclass(frozen=True)
class Palette:
    """ground: the paper.  shade: a little darker.  ink: outlines.  strong: the brand.  warm, bright, soft: the rest."""

    ground: str
    shade: str
    ink: str
    strong: str
    warm: str
    bright: str
    soft: str


class Canvas:
    """One drawing. unit: pixels of the big canvas in one hundredth of the height."""

    def __init__(self, size: tuple[int, int], palette: Palette, seed: int):
        self.image = Image.new("RGB", (size[0] * _TWICE, size[1] * _TWICE), palette.ground)
        self.draw = ImageDraw.Draw(self.image)
        self.palette = palette
        self.random = random.Random(seed)
        self.unit = size[1] * _TWICE / 100
        self.width, self.height = size[0] / size[1] * 100, 100.0

    def finished(self) -> Image.Image:
        return self.image.reduce(_TWICE)

    def polygon(self, points: Sequence[Point], fill: str) -> None:
        self.draw.polygon([(x * self.unit, y * self.unit) for x, y in points], fill=fill)

    def line(self, points: Sequence[Point], fill: str, width: float = 0.6) -> None:
        scaled = [(x * self.unit, y * self.unit) for x, y in points]
        self.draw.line(scaled, fill=fill, width=max(1, round(width * self.unit)), joint="curve")

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        box = [(one + sign * radius) * self.unit for sign in (-1, 1) for one in (x, y)]
        self.draw.ellipse(box, fill=fill)

    def rectangle(self, left: float, top: float, right: float, bottom: float, fill: str, radius: float = 0) -> None:
        box = [one * self.unit for one in (left, top, right, bottom)]
        self.draw.rounded_rectangle(box, radius=radius * self.unit, fill=fill)

    def blob(
        self, x: float, y: float, across: float, down: float, fill: str, *, turn: float = 0, square: float = 2
    ) -> None:
        """Fill a superellipse around a point. across, down: half axes.  turn: degrees.  square: 2 is an ellipse."""
        self.polygon(around(x, y, across, down, turn=turn, square=square), fill)

    def below(self, curve: Callable[[float], float], fill: str, bottom: float = 100, step: float = 1) -> None:
        """Fill everything between a curve y(x) and the bottom."""
        xs = [index * step for index in range(int(self.width / step) + 2)]
        self.polygon([*((x, curve(x)) for x in xs), (xs[-1], bottom), (0, bottom)], fill)


def around(
    x: float, y: float, across: float, down: float, *, turn: float = 0, square: float = 2, count: int = 120
) -> list[Point]:
    found = []
    cos_turn, sin_turn = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    for index in range(count):
        angle = 2 * math.pi * index / count
        cos, sin = math.cos(angle), math.sin(angle)
        left = across * math.copysign(abs(cos) ** (2 / square), cos)
        up = down * math.copysign(abs(sin) ** (2 / square), sin)
        found.append((x + left * cos_turn - up * sin_turn, y + left * sin_turn + up * cos_turn))
    return found


def mix(first: str, second: str, share: float) -> str:
    """Return a colour between two; share: how much of the second, 0 to 1."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[index : index + 2], 16) for index in (1, 3, 5)]
