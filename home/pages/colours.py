"""Colour contrast (WCAG 2.2): which brand colours are readable, and the text colour on them."""

import colorsys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext

ENOUGH = 4.5
# Thin light lines on black look weaker than dark ones on white, so dark mode requires more contrast.
CLEAR = 7.0

# Backgrounds of text and buttons in light and dark mode; the same values as in lyceum/css/site.css.
LIGHT_PAPERS = ("#fdfcfa", "#ffffff", "#f4f1ec")
DARK_PAPERS = ("#161412", "#1f1c19", "#120f0d")
WHITE, DARK_INK = "#ffffff", "#1c1210"


class Channels(NamedTuple):
    """Red, green and blue, each 0 to 255."""

    red: int
    green: int
    blue: int


def channels(colour: str) -> Channels:
    """Read "#rrggbb". Raises ValueError for anything else."""
    if len(colour) != 7 or not colour.startswith("#") or not colour[1:].isalnum():
        raise ValueError(f"{colour!r} is not a colour such as #9a3412")
    return Channels(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 (black) to 1 (white). Source: WCAG 2.2, "relative luminance"."""
    linear = [_linear(value / 255) for value in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio"."""
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def is_readable(colour: str, papers: Iterable[str], ratio: float = ENOUGH) -> bool:
    return all(contrast(colour, paper) >= ratio for paper in papers)


def text_colour_on(colour: str) -> str:
    """Return white or near-black, whichever reads better on a button of this colour."""
    return max((WHITE, DARK_INK), key=lambda ink: contrast(ink, colour))


def _shades(colour: str, towards: int) -> Iterator[str]:
    """Yield the colour, then shades of its hue in steps of one per cent of lightness, to white (1) or black (-1)."""
    yield colour
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in channels(colour)))
    for step in range(1, 101):
        target = min(1.0, max(0.0, lightness + towards * step / 100))
        yield "#" + "".join(f"{round(value * 255):02x}" for value in colorsys.hls_to_rgb(hue, target, saturation))


def brand_on_dark(colour: str) -> str:
    """Lighten a brand colour until it is readable on the dark backgrounds, keeping its hue and saturation."""
    return next(shade for shade in _shades(colour, 1) if is_readable(shade, DARK_PAPERS, CLEAR))


def brand_on_light(colour: str) -> str:
    """Darken a brand colour until it is readable on the light backgrounds."""
    return next(shade for shade in _shades(colour, -1) if is_readable(shade, LIGHT_PAPERS))


def colour_problem(colour: str) -> str | None:
    """Return an error message for an unreadable brand colour, or None if text in it and on it is readable."""
    try:
        lowest = min(contrast(colour, paper) for paper in LIGHT_PAPERS)
    except ValueError:
        return gettext("Give a colour as # and six digits, for example #9a3412.")
    if lowest >= ENOUGH:
        return None
    return gettext(
        "%(colour)s is too pale to read on a light page: its contrast is %(contrast)s to 1 and must be %(enough)s. "
        "%(nearest)s is the nearest shade that works."
    ) % {"colour": colour, "contrast": f"{lowest:.1f}", "enough": ENOUGH, "nearest": brand_on_light(colour)}


class BrandColours(NamedTuple):
    """The colours of one academy's style sheet."""

    light: str
    on_light: str
    dark: str
    on_dark: str


def brand_colours(colour: str) -> BrandColours:
    """Derive the colours of the style sheet from the brand colour; one that is too pale is darkened first."""
    light = brand_on_light(colour)
    dark = brand_on_dark(colour)
    return BrandColours(light=light, on_light=text_colour_on(light), dark=dark, on_dark=text_colour_on(dark))


SERIF = '"Source Serif 4","Iowan Old Style",Palatino,Georgia,serif'
SANS = '"Source Sans 3","Sans fallback",ui-sans-serif,system-ui,sans-serif'
INTER = '"Inter","Sans fallback",ui-sans-serif,system-ui,sans-serif'
# Text and heading fonts by the value of the brand setting.
FONT_PAIRS = {"serif": (SANS, SERIF), "sans": (INTER, INTER)}


def stylesheet(*, colour: str, radius: int, fonts: str) -> str:
    """Return the style sheet with the academy's brand."""
    shades = brand_colours(colour)
    text, display = FONT_PAIRS.get(fonts, FONT_PAIRS["serif"])
    return (
        f":root{{--brand:{shades.light};--on-brand:{shades.on_light};--radius:{radius}px;"
        f"--text:{text};--display:{display}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--brand:{shades.dark};--on-brand:{shades.on_dark}}}}}\n"
    )
