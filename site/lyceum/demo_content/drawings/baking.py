"""Bread and what it is made of."""

import math
from collections.abc import Callable

from lyceum.demo_content.drawings.canvas import Canvas, Point, mix


def loaf(canvas: Canvas) -> None:
    colours, x, y = canvas.palette, canvas.width / 2, 52.0
    canvas.below(lambda _: 74.0, mix(colours.shade, colours.warm, 0.12))
    canvas.blob(x, 76, 57, 5, mix(colours.shade, colours.ink, 0.25))
    canvas.blob(x, y, 54, 27, colours.warm, square=2.5)
    canvas.blob(x - 1, y - 2.5, 51, 23, mix(colours.warm, colours.bright, 0.45), square=2.5)
    cuts = 1 if canvas.random.random() < 0.5 else 3
    for index in range(cuts):
        middle = x + (index - (cuts - 1) / 2) * 26
        across, turn = (42, -6) if cuts == 1 else (17, -34)
        canvas.blob(middle, y - 5, across, 5.5, colours.soft, turn=turn)
        canvas.blob(middle, y - 2.2, across * 0.93, 3.8, mix(colours.warm, colours.bright, 0.8), turn=turn)
    for _ in range(150):
        spread = canvas.random.uniform(-1, 1)
        down = canvas.random.uniform(-0.8, 0.7) * (1 - abs(spread) ** 3)
        canvas.circle(x + spread * 46, y + down * 22, canvas.random.uniform(0.15, 0.5), colours.soft)


def layers(canvas: Canvas) -> None:
    colours = canvas.palette
    canvas.rectangle(0, 0, canvas.width, 100, mix(colours.ground, colours.bright, 0.15))
    shift = canvas.random.uniform(0, 6)
    for index in range(22):
        height = 20.0 + index * 3.9
        colour = (colours.soft, colours.bright, colours.warm)[index % 3]
        canvas.below(
            _wave(height, 7 - index * 0.2, 46 + index, shift + index * 0.13), mix(colour, colours.strong, index / 60)
        )


def _wave(height: float, swing: float, length: float, shift: float) -> Callable[[float], float]:
    return lambda x: height + swing * math.sin(x / length * 2 * math.pi + shift) + swing / 3 * math.sin(x / 17 + shift)


def arcs(canvas: Canvas) -> None:
    colours, x, y = canvas.palette, canvas.width / 2, 50.0
    canvas.circle(x, y, 44, mix(colours.shade, colours.ink, 0.12))
    canvas.circle(x, y, 42, mix(colours.ground, "#ffffff", 0.5))
    canvas.circle(x, y, 36, mix(colours.soft, colours.bright, 0.25))
    for ring in range(7):
        radius = 33.0 - ring * 4.4
        start = ring * 0.9 + canvas.random.uniform(0, 0.4)
        points = [
            (x + radius * math.cos(start + step / 40 * 4.2), y + radius * math.sin(start + step / 40 * 4.2))
            for step in range(41)
        ]
        canvas.line(points, mix(colours.bright, colours.warm, ring / 7), 1.1)
    for _ in range(70):
        angle, far = canvas.random.uniform(0, 6.28), canvas.random.uniform(46, 86)
        canvas.circle(x + far * math.cos(angle), y + far * math.sin(angle), canvas.random.uniform(0.2, 0.7), "#ffffff")


def ears(canvas: Canvas) -> None:
    colours = canvas.palette
    canvas.rectangle(0, 0, canvas.width, 100, mix(colours.ground, colours.bright, 0.22))
    canvas.circle(canvas.width * 0.74, 36, 17, mix(colours.bright, "#ffffff", 0.35))
    canvas.below(lambda x: 82 + 4 * math.sin(x / 30), mix(colours.shade, colours.warm, 0.35))
    for index in range(15):
        root = -6 + index * canvas.width / 13 + canvas.random.uniform(-3, 3)
        _ear(canvas, root, canvas.random.uniform(16, 38), canvas.random.uniform(14, 30))


def _ear(canvas: Canvas, root: float, top: float, lean: float) -> None:
    colours = canvas.palette
    stem = [(root + lean * (step / 20) ** 2, 102 - (102 - top) * step / 20) for step in range(21)]
    canvas.line(stem, mix(colours.warm, colours.soft, 0.35), 0.7)
    for step in range(9):
        x, y = _along(stem, 0.66 + step * 0.042)
        for side in (-1, 1):
            turn = 62 + side * 26
            canvas.blob(x + side * 1.5, y, 3.4, 1.25, mix(colours.bright, colours.warm, step / 14), turn=-turn)
            canvas.line([(x + side * 2, y - 2), (x + side * 4.5 + lean * 0.12, y - 11)], colours.warm, 0.15)


def _along(stem: list[Point], share: float) -> Point:
    return stem[min(len(stem) - 1, round(share * (len(stem) - 1)))]


def grains(canvas: Canvas) -> None:
    colours = canvas.palette
    fills = [colours.soft, colours.bright, colours.warm, mix(colours.ground, "#ffffff", 0.6), colours.strong]
    placed: list[tuple[float, float, float]] = []
    for attempt in range(2600):
        radius = canvas.random.uniform(1, 13) if attempt < 120 else canvas.random.uniform(0.6, 4)
        x, y = canvas.random.uniform(0, canvas.width), canvas.random.uniform(0, 100)
        if all((x - a) ** 2 + (y - b) ** 2 > (radius + r + 0.9) ** 2 for a, b, r in placed):
            placed.append((x, y, radius))
            share = 0.1 if radius > 9 else 0.0
            canvas.circle(
                x, y, radius, mix(canvas.random.choice(fills[: 4 if radius > 6 else 5]), colours.ground, share)
            )


DRAWINGS = {"loaf": loaf, "layers": layers, "arcs": arcs, "ears": ears, "grains": grains}
