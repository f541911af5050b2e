"""Draw the demo's two films. Run once, where ffmpeg is installed: `python -m lyceum.demo_content.films.make`.

Frames are drawn with Pillow and piped to ffmpeg; the results are kept beside this file, since the demo needs no encoder.
"""

import math
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from lyceum import ROOT
from lyceum.demo_content.drawings.canvas import Canvas, mix
from lyceum.demo_content.pictures import PALETTES

SIZE, RATE = (640, 360), 12
FONT = ROOT / "commerce/certificates/fonts/LyceumSans-Regular.ttf"
X, Y = 64.0, 53.0


def encode(name: str, seconds: int, frame: Callable[[float], Image.Image]) -> None:
    target = Path(__file__).with_name(f"{name}.webm")
    command = [
        "ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "640x360", "-r", str(RATE),
        "-i", "-", "-c:v", "libvpx-vp9", "-crf", "46", "-b:v", "0", "-g", str(RATE * 4), "-row-mt", "1",
        "-pix_fmt", "yuv420p", str(target),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as running:
        assert running.stdin is not None
        for number in range(seconds * RATE):
            running.stdin.write(frame(number / RATE).tobytes())


def write(image: Image.Image, text: str, *, at: tuple[int, int], size: int, fill: str) -> None:
    ImageDraw.Draw(image).text(at, text, font=ImageFont.truetype(str(FONT), size), fill=fill)


def folds(second: float) -> Image.Image:
    """Show a bowl from above: a set of four folds, a rest, a second set, and the risen dough."""
    colours = PALETTES["north"]
    canvas = Canvas(SIZE, colours, seed=1)
    canvas.circle(X, Y, 42, mix(colours.shade, colours.ink, 0.18))
    canvas.circle(X, Y, 39.5, mix(colours.ground, "#ffffff", 0.6))
    label, fold, slack = _state(second)
    dough = mix(colours.soft, colours.bright, 0.22)
    turned = 0.0 if fold is None else 90 * int(fold)
    canvas.blob(X, Y, 27 + slack * 6, 25 + slack * 7, dough, turn=turned, square=2 + (1 - slack) * 0.5)
    for crease in range(0 if fold is None else int(fold)):
        _crease(canvas, crease * 90 - 90 - turned)
    if fold is not None:
        _flap(canvas, fold % 1, dough)
    if second > 31:
        for number in range(16):
            angle, far = number * 2.4, 4 + (number * 7) % 20
            canvas.circle(X + far * math.cos(angle), Y + far * math.sin(angle), 0.8 + number % 3 * 0.5, "#fbf3e4")
    image = canvas.finished()
    write(image, label, at=(400, 150), size=22, fill=colours.ink)
    return image


def _state(second: float) -> tuple[str, float | None, float]:
    """Return what is written beside the bowl, which fold is being made and how far, and how slack the dough is."""
    if second < 4:
        return "Half an hour\nafter mixing", None, 1.0
    if second < 17:
        fold = min((second - 4) / 3.25, 3.999)
        return f"First set\nFold {int(fold) + 1} of 4", fold, 0.9 - fold * 0.15
    if second < 21:
        return "Half an hour\nlater", None, 0.3 + (second - 17) * 0.08
    if second < 31:
        fold = min((second - 21) / 2.5, 3.999)
        return f"Second set\nFold {int(fold) + 1} of 4", fold, 0.5 - fold * 0.12
    return "After four sets:\na cushion", None, 0.0


def _crease(canvas: Canvas, degrees: float) -> None:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    points = [(X + cos * 9 - sin * side, Y + sin * 9 + cos * side) for side in range(-13, 14)]
    canvas.line(points, mix(canvas.palette.soft, canvas.palette.warm, 0.5), 0.5)


def _flap(canvas: Canvas, share: float, dough: str) -> None:
    """Lift the far edge, stretch it, and lay it across the middle; a hand goes with it."""
    lifted = math.sin(min(share / 0.75, 1) * math.pi)
    edge = Y - 24 + 30 * min(share / 0.75, 1)
    wide = 17 + 3 * lifted
    top = edge - 12 * lifted
    canvas.polygon(
        [(X - wide, Y - 16), (X - wide * 0.8, top), (X + wide * 0.8, top), (X + wide, Y - 16)],
        mix(dough, "#ffffff", 0.25),
    )
    canvas.line([(X - wide * 0.8, top), (X + wide * 0.8, top)], mix(dough, canvas.palette.warm, 0.6), 0.6)
    if share < 0.82:
        for finger in range(4):
            canvas.blob(X - 6 + finger * 4, top - 2, 1.9, 6, "#d9a77f")
        canvas.blob(X, top - 11, 9, 8, "#d9a77f", square=2.6)


_dice = random.Random(12)
THROWS = [_dice.randint(1, 6) for _ in range(400)]


def mean(second: float) -> Image.Image:
    """Show the average of more and more throws of a die, with the width that chance usually gives it."""
    colours = PALETTES["south"]
    canvas = Canvas(SIZE, colours, seed=1)
    shown = max(1, min(400, round(3 * 1.19 ** min(second, 28.2)) - 2))
    last = max(30, shown)

    def across(number: float) -> float:
        return 16 + number / last * (canvas.width - 24)

    def down(value: float) -> float:
        return 88 - (value - 1) * 14

    for value in range(1, 7):
        canvas.line([(14, down(value)), (canvas.width - 6, down(value))], colours.shade, 0.4)
    numbers = range(1, shown + 1)
    width = [min(2.6, 3.42 / math.sqrt(number)) for number in numbers]
    upper = [(across(number), down(3.5 + wide)) for number, wide in zip(numbers, width, strict=True)]
    lower = [(across(number), down(3.5 - wide)) for number, wide in zip(numbers, width, strict=True)]
    if shown > 1:
        canvas.polygon([*upper, *reversed(lower)], mix(colours.warm, colours.ground, 0.72))
    for number in numbers:
        canvas.circle(across(number), down(THROWS[number - 1]), 1.1 if shown < 120 else 0.7, colours.bright)
    path, total = [], 0
    for number in numbers:
        total += THROWS[number - 1]
        path.append((across(number), down(total / number)))
    if len(path) > 1:
        canvas.line(path, colours.strong, 0.9)
    canvas.circle(*path[-1], 1.8, colours.strong)
    image = canvas.finished()
    for value in range(1, 7):
        write(image, str(value), at=(24, round(down(value) * 3.6) - 11), size=17, fill=colours.ink)
    said = f"{shown} throw{'s' if shown > 1 else ''}, average {total / shown:.2f}"
    write(image, said, at=(60, 12), size=20, fill=colours.ink)
    return image


if __name__ == "__main__":
    encode("four-folds", 36, folds)
    encode("running-mean", 30, mean)
