"""Cover pictures and portraits, drawn when the demo is planted."""

from io import BytesIO

from lyceum.demo_content.drawings import DRAWINGS, Canvas, Palette
from lyceum.demo_content.shapes import Picture

COVER, HERO, PORTRAIT = (1600, 900), (1600, 1200), (640, 640)

PALETTES = {
    "north": Palette("#f6efe4", "#e9dcc8", "#3b2a20", "#9a3412", "#b8672e", "#dfa04a", "#f2dfbd"),
    "south": Palette("#eef4f4", "#d5e2e3", "#173b45", "#155e75", "#4d9aa0", "#e0a458", "#cfe3df"),
    "platform": Palette("#f1eff7", "#dedaec", "#2d2654", "#4a3f8f", "#8d82c9", "#d9a441", "#c9c2e6"),
}


def jpeg(picture: Picture, schema: str, size: tuple[int, int] = COVER) -> bytes:
    """Draw a picture in the palette of an academy: the same bytes each time. size: pixels."""
    canvas = Canvas(size, PALETTES[schema], picture.seed)
    if picture.drawing == "face":
        DRAWINGS["face"](canvas, picture.features)
    else:
        DRAWINGS[picture.drawing](canvas)
    file = BytesIO()
    canvas.finished().save(file, "JPEG", quality=86, optimize=False)
    return file.getvalue()
