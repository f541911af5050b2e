"""Curves, bars and dots."""

import math

from lyceum.demo_content.drawings.canvas import Canvas, Point, mix


def bell(canvas: Canvas) -> None:
    colours = canvas.palette
    shapes = [(0.5, 26, 62, colours.strong), (0.33, 17, 44, colours.warm), (0.7, 20, 36, colours.bright)]
    for share, wide, tall, fill in sorted(shapes, key=lambda one: -one[2])[: 1 + canvas.random.randrange(1, 3)]:
        middle = canvas.width * share

        def curve(x: float, middle: float = middle, wide: float = wide, tall: float = tall) -> float:
            return 84 - tall * math.exp(-(((x - middle) / wide) ** 2) / 2)

        canvas.below(curve, fill, bottom=84)
    for tick in range(45):
        long = 5 if tick % 5 == 0 else 2.5
        canvas.line([(4 + tick * 3.9, 87), (4 + tick * 3.9, 87 + long)], colours.ink, 0.3)
    canvas.line([(0, 84), (canvas.width, 84)], colours.ink, 0.6)


def bars(canvas: Canvas) -> None:
    colours, count = canvas.palette, 9
    strong = canvas.random.randrange(2, 7)
    step = (canvas.width - 40) / count
    for index in range(count):
        tall = 18 + 50 * abs(math.sin(index * 0.7 + canvas.random.uniform(0, 0.8)))
        left = 20 + index * step
        fill = colours.strong if index == strong else mix(colours.warm, colours.ground, 0.45)
        canvas.rectangle(left + 1.5, 82 - tall, left + step - 1.5, 82, fill, 0.8)
    for line in range(4):
        canvas.line([(14, 22 + line * 15), (canvas.width - 14, 22 + line * 15)], colours.ground, 0.35)
    canvas.line([(14, 82), (canvas.width - 14, 82)], colours.ink, 0.7)


def dots(canvas: Canvas) -> None:
    colours = canvas.palette
    for index in range(240):
        x = canvas.random.uniform(4, canvas.width - 4)
        y = 84 - x * 0.34 + canvas.random.gauss(0, 12)
        chosen = index % 11 == 0
        canvas.circle(
            x, y, 2.0 if chosen else 1.25, colours.bright if chosen else mix(colours.strong, colours.ground, 0.35)
        )
    canvas.line([(6, 82), (canvas.width - 6, 82 - (canvas.width - 12) * 0.34)], colours.ink, 0.6)


def lines(canvas: Canvas) -> None:
    colours = canvas.palette
    for row in range(5):
        canvas.line([(10, 18 + row * 16), (canvas.width - 10, 18 + row * 16)], colours.shade, 0.35)
    for fill, slope in ((colours.warm, 0.08), (colours.strong, 0.27)):
        path = _walk(canvas, slope)
        band = [(x, y - 1.5 - x * 0.035) for x, y in path] + [(x, y + 1.5 + x * 0.035) for x, y in reversed(path)]
        canvas.polygon(band, mix(fill, colours.ground, 0.72))
        canvas.line(path, fill, 1.1)
        canvas.circle(*path[-1], 2.2, fill)


def _walk(canvas: Canvas, slope: float) -> list[Point]:
    y, path = 70.0, []
    for step in range(41):
        x = 10 + step * (canvas.width - 24) / 40
        y += canvas.random.gauss(0, 1.1)
        path.append((x, y - slope * (x - 10)))
    return path


def pie(canvas: Canvas) -> None:
    colours, x, y = canvas.palette, canvas.width / 2, 50.0
    fills = [
        colours.strong,
        colours.warm,
        colours.bright,
        colours.soft,
        mix(colours.strong, colours.ground, 0.5),
        colours.shade,
    ]
    angle = -1.5
    for index in range(13):
        wide = canvas.random.uniform(0.25, 0.72) if index < 12 else 6.3
        end = min(angle + wide, -1.5 + 2 * math.pi)
        steps = [angle + (end - angle) * step / 30 for step in range(31)]
        far = 40 if index != 4 else 44
        canvas.polygon([(x, y), *((x + far * math.cos(a), y + far * math.sin(a)) for a in steps)], fills[index % 6])
        canvas.line([(x, y), (x + 40 * math.cos(end), y + 40 * math.sin(end))], colours.ground, 0.5)
        angle = end


def grid(canvas: Canvas) -> None:
    colours = canvas.palette
    fills = [colours.strong, colours.warm, colours.bright, colours.soft]
    for row in range(7):
        for column in range(11):
            left, top = 9 + column * 14.6, 9 + row * 11.9
            chance = canvas.random.random()
            fill = mix(colours.ground, "#ffffff", 0.55) if chance > 0.42 else fills[int(chance * 9.5) % 4]
            canvas.rectangle(left, top, left + 13.4, top + 10.7, fill, 0.8)


DRAWINGS = {"bell": bell, "bars": bars, "dots": dots, "lines": lines, "pie": pie, "grid": grid}
