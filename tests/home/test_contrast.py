"""Brand colours: readable in light and dark, or refused."""

import pytest

from home.pages import colours

BRANDS = ("#9a3412", "#0f766e", "#1d4ed8", "#6d28d9", "#be123c", "#111111", "#3f6212", "#000000", "#767676")
PALE = ("#fdba74", "#ffff00", "#ffffff", "#22d3ee", "#f59e0b", "#8a8a8a")


def test_black_on_white_is_twenty_one_to_one():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert colours.contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("colour", [*BRANDS, *PALE])
def test_every_brand_reads_in_light_and_in_dark(colour):
    brand = colours.brand_colours(colour)

    assert colours.is_readable(brand.light, colours.LIGHT_PAPERS)
    assert colours.is_readable(brand.dark, colours.DARK_PAPERS)
    assert colours.contrast(brand.on_light, brand.light) >= colours.ENOUGH
    assert colours.contrast(brand.on_dark, brand.dark) >= colours.ENOUGH


def test_a_readable_colour_is_kept_and_not_refused():
    assert colours.colour_problem("#9a3412") is None
    assert colours.brand_colours("#9a3412").light == "#9a3412"


@pytest.mark.parametrize("colour", PALE)
def test_a_pale_colour_is_refused_with_a_shade_that_works(colour):
    sentence = colours.colour_problem(colour)

    assert sentence is not None
    assert colour in sentence
    proposed = colours.brand_on_light(colour)
    assert proposed in sentence
    assert colours.colour_problem(proposed) is None


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345g", "9a34120", "#9a34122", "#-12345", "# 12345"])
def test_what_is_no_colour_is_refused_with_an_example(text):
    assert "#9a3412" in (colours.colour_problem(text) or "")


def test_a_colour_keeps_its_hue_when_it_is_lightened():
    dark = colours.channels(colours.brand_on_dark("#9a3412"))

    assert dark.red > dark.green > dark.blue


def test_the_style_sheet_carries_the_brand_for_light_and_dark():
    css = colours.stylesheet(colour="#9a3412", radius=4, fonts="sans")

    light, dark = css.split("@media (prefers-color-scheme:dark)")
    assert "--brand:#9a3412" in light
    assert "--radius:4px" in light
    assert '--display:"Inter"' in light
    assert f"--brand:{colours.brand_on_dark('#9a3412')}" in dark
