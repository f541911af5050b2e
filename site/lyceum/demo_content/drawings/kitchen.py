"""Ovens, tables, jars and stalls; and the columns of the platform."""

import math

from lyceum.demo_content.drawings.canvas import Canvas, mix


def oven(canvas: Canvas) -> None:
    colours = canvas.palette
    canvas.rectangle(0, 0, canvas.width, 100, mix(colours.strong, colours.ink, 0.25))
    for row in range(9):
        for brick in range(-1, 16):
            left = brick * 13 + (row % 2) * 6.5
            shade = mix(colours.strong, colours.warm, canvas.random.uniform(0.05, 0.4))
            canvas.rectangle(left + 0.4, row * 11.5 + 0.4, left + 12.6, row * 11.5 + 11.1, shade, 0.8)
    wide = min(20.0, canvas.width * 0.125)
    glow = mix(colours.warm, colours.bright, 0.35)
    for index in range(3):
        x = canvas.width * (0.5 + (index - 1) * 0.31)
        for grow, colour in ((3.5, colours.ink), (0, mix(colours.ink, "#000000", 0.5)), (-4, glow)):
            canvas.circle(x, 45, wide + grow, colour)
            canvas.rectangle(x - wide - grow, 45, x + wide + grow, 80 + grow / 2, colour)
        for loaf in range(3):
            middle = x + (loaf - 1) * wide / 2
            canvas.blob(middle, 75, wide * 0.35, 5, mix(colours.warm, colours.ink, 0.25), square=2.4)
            canvas.blob(middle, 73.8, wide * 0.25, 1.3, colours.soft, turn=-12)


def table(canvas: Canvas) -> None:
    colours = canvas.palette
    canvas.rectangle(14, 16, canvas.width - 14, 84, mix(colours.warm, colours.soft, 0.45), 6)
    for plank in range(5):
        canvas.line(
            [(16, 29 + plank * 11), (canvas.width - 16, 29 + plank * 11)], mix(colours.warm, colours.soft, 0.25), 0.3
        )
    for index in range(9):
        x = 28 + index * (canvas.width - 56) / 8 + canvas.random.uniform(-2, 2)
        y = 34 + (index % 2) * 31 + canvas.random.uniform(-3, 3)
        radius = canvas.random.uniform(6, 10.5)
        canvas.circle(x + 0.8, y + 1.2, radius, mix(colours.warm, colours.ink, 0.35))
        canvas.circle(x, y, radius, canvas.random.choice([colours.ground, colours.strong, "#ffffff", colours.shade]))
        canvas.circle(x, y, radius * 0.8, canvas.random.choice([colours.soft, colours.bright, colours.warm]))


def jar(canvas: Canvas) -> None:
    colours, x = canvas.palette, canvas.width / 2
    canvas.below(lambda _: 83.0, mix(colours.shade, colours.warm, 0.2))
    canvas.blob(x, 88, 32, 3, mix(colours.shade, colours.ink, 0.3))
    canvas.rectangle(x - 24, 22, x + 24, 89, mix(colours.ground, "#ffffff", 0.75), 7)
    canvas.rectangle(x - 21.5, 38, x + 21.5, 86.5, mix(colours.soft, colours.bright, 0.3), 5)
    canvas.blob(x, 38.5, 21.5, 4, mix(colours.soft, colours.bright, 0.3))
    for _ in range(70):
        canvas.circle(
            x + canvas.random.uniform(-18.5, 18.5), canvas.random.uniform(40, 83), canvas.random.uniform(0.4, 2.1),
            mix(colours.soft, colours.warm, canvas.random.uniform(0.2, 0.5)),
        )  # fmt: skip
    canvas.rectangle(x - 24, 62, x + 24, 65, colours.strong)
    canvas.rectangle(x - 19, 12, x + 19, 23, colours.warm, 2)


def stall(canvas: Canvas) -> None:
    colours, width = canvas.palette, canvas.width
    canvas.rectangle(0, 0, width, 100, mix(colours.ground, colours.bright, 0.12))
    stripe = width / 14
    for index in range(14):
        fill = colours.strong if index % 2 else mix(colours.ground, "#ffffff", 0.6)
        canvas.rectangle(index * stripe, 10, (index + 1) * stripe, 38, fill)
        canvas.circle((index + 0.5) * stripe, 38, stripe / 2, fill)
    canvas.rectangle(10, 74, width - 10, 100, mix(colours.warm, colours.ink, 0.35))
    canvas.rectangle(6, 70, width - 6, 76, mix(colours.warm, colours.soft, 0.3), 1)
    for index in range(7):
        x = 24 + index * (width - 48) / 6
        tall = canvas.random.uniform(7, 11)
        canvas.blob(
            x, 70 - tall + 2, 10.5, tall, mix(colours.warm, colours.bright, canvas.random.uniform(0.1, 0.6)), square=2.4
        )
        for cut in (-4, 0, 4):
            canvas.blob(x + cut, 68 - tall, 4.2, 0.9, colours.soft, turn=-50)


def columns(canvas: Canvas) -> None:
    colours, width = canvas.palette, canvas.width
    canvas.below(lambda _: 86.0, colours.shade)
    fills = [colours.strong, colours.warm, colours.bright, colours.soft]
    span = (width - 36) / 7
    wide = min(6.0, span * 0.3)
    for index in range(7):
        x = 18 + (index + 0.5) * span
        fill = fills[(index + canvas.random.randrange(4)) % 4]
        canvas.rectangle(x - wide, 31, x + wide, 84, fill)
        for flute in (-0.53, 0, 0.53):
            middle = x + flute * wide
            canvas.rectangle(middle - wide / 13, 33, middle + wide / 13, 82, mix(fill, colours.ink, 0.16))
        for top in (28, 83):
            canvas.rectangle(x - wide * 1.35, top, x + wide * 1.35, top + 4, mix(fill, colours.ink, 0.25), 0.6)
    canvas.rectangle(14, 22, width - 14, 28, colours.ink)
    canvas.polygon([(12, 22), (width / 2, 6), (width - 12, 22)], mix(colours.ink, colours.strong, 0.5))
    canvas.rectangle(8, 87, width - 8, 91, colours.ink)
    canvas.below(lambda x: 96 + math.sin(x / 25), mix(colours.shade, colours.ink, 0.15))


DRAWINGS = {"oven": oven, "table": table, "jar": jar, "stall": stall, "columns": columns}
