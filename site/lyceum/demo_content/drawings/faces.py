"""Portraits of people who don't exist. Features are words: hair, its colour, and what they wear."""

from lyceum.demo_content.drawings.canvas import Canvas, mix

SKIN = ("#f0cfb4", "#d9a77f", "#a8714a", "#6f4630")
HAIR = {"grey": "#9a9a98", "white": "#e4e0d8", "dark": "#2b211c", "fair": "#c49a55", "red": "#a3512b"}


def face(canvas: Canvas, features: tuple[str, ...] = ()) -> None:
    """Draw one head. features: skin0 to skin3; a key of HAIR; short, long, curls, bun, bob or bald; beard, glasses,
    apron, scarf, stripes, jacket."""
    colours, x = canvas.palette, canvas.width / 2
    skin = next((SKIN[int(word[4])] for word in features if word.startswith("skin")), SKIN[0])
    hair = next((HAIR[word] for word in features if word in HAIR), HAIR["dark"])
    canvas.circle(x, 50, 47, mix(colours.soft, colours.ground, 0.35))
    _behind(canvas, features, hair)
    _clothes(canvas, features)
    canvas.rectangle(x - 6.5, 58, x + 6.5, 78, mix(skin, "#000000", 0.1), 5)
    canvas.blob(x, 46, 16, 20, skin, square=2.2)
    _in_front(canvas, features, hair)
    for side in (-1, 1):
        canvas.circle(x + side * 6, 46, 1.25, "#2b211c")
    canvas.line([(x, 47), (x - 1.2, 52.5), (x + 0.8, 52.5)], mix(skin, "#000000", 0.25), 0.6)
    canvas.line([(x - 4.5, 57.5), (x, 59), (x + 4.5, 57.5)], mix(skin, "#7a1f1f", 0.55), 0.9)
    if "glasses" in features:
        for side in (-1, 1):
            canvas.draw.rounded_rectangle(
                [(x + side * 6 - 4.6) * canvas.unit, 42 * canvas.unit, (x + side * 6 + 4.6) * canvas.unit, 50 * canvas.unit],
                radius=2.6 * canvas.unit, outline="#2b211c", width=round(0.7 * canvas.unit),
            )  # fmt: skip
        canvas.line([(x - 1.4, 45.5), (x + 1.4, 45.5)], "#2b211c", 0.7)


def _behind(canvas: Canvas, features: tuple[str, ...], hair: str) -> None:
    x = canvas.width / 2
    if "long" in features:
        canvas.rectangle(x - 20, 26, x + 20, 80, hair, 17)
    if "bob" in features:
        canvas.rectangle(x - 20.5, 24, x + 20.5, 62, hair, 15)
    if "bun" in features:
        canvas.circle(x, 20, 9, hair)
    if "curls" in features:
        for step in range(13):
            canvas.circle(x - 20 + step * 3.4, 40 - 20 * (1 - abs(step - 6) / 6.5), 8, hair)


def _clothes(canvas: Canvas, features: tuple[str, ...]) -> None:
    colours, x = canvas.palette, canvas.width / 2
    fill = colours.ink if "jacket" in features else mix(colours.ground, "#ffffff", 0.7)
    canvas.blob(x, 101, 36, 28, fill, square=2.6)
    if "stripes" in features:
        for row in range(5):
            canvas.line([(x - 34 + abs(row - 4), 80 + row * 4.6), (x + 34, 80 + row * 4.6)], colours.strong, 1.4)
    if "apron" in features:
        canvas.polygon([(x - 15, 82), (x + 15, 82), (x + 22, 100), (x - 22, 100)], "#2f5d7c")
        for side in (-1, 1):
            canvas.line([(x + side * 13, 83), (x + side * 9, 73)], "#2f5d7c", 2)
    if "scarf" in features:
        canvas.blob(x, 76, 17, 6.5, "#d9a441", square=2.6)


def _in_front(canvas: Canvas, features: tuple[str, ...], hair: str) -> None:
    x = canvas.width / 2
    if "bald" not in features:
        low = 38 if "short" in features or "beard" in features else 36
        canvas.polygon(
            [(x + side, _fringe(side, low)) for side in range(-17, 18)]
            + [(x + side, _crown(side)) for side in range(17, -18, -1)],
            hair,
        )
    if "beard" in features:
        canvas.polygon(
            [(x + side, 55 + abs(side) * -0.25) for side in range(-16, 17)]
            + [(x + side, 56 + 15 * (1 - (side / 16.5) ** 2) ** 0.5) for side in range(16, -17, -1)],
            hair,
        )


def _fringe(side: float, low: float) -> float:
    return low - 5 + (abs(side) / 17) ** 3 * 12


def _crown(side: float) -> float:
    return 42 - 20 * max(0.0, 1 - (side / 17.6) ** 2) ** 0.5


DRAWINGS = {"face": face}
