"""Which sizes of a picture pages and programs use. Made when something is published, never while somebody reads.

The names are part of what `/api/v2/` answers; the specifications are the ones that templates ask for.
"""

CARD = {"card": "fill-400x225|format-webp", "card_2x": "fill-800x450|format-webp"}
WIDE = {"wide": "fill-640x360|format-webp", "wide_2x": "fill-1280x720|format-webp"}
SHARE = {"share": "fill-1200x630|format-jpeg"}
HERO = {"hero": "fill-640x480|format-webp", "hero_2x": "fill-1280x960|format-webp"}
FACE = {"face": "fill-176x176|format-webp"}
LOGO = {"logo": "max-480x144|format-png"}
INLINE = {"inline": "width-640|format-webp", "inline_2x": "width-1280|format-webp"}

COVER = CARD | WIDE | SHARE
# What a page or a snippet calls its picture, and the sizes that this means.
USES = {"cover": COVER, "picture": HERO | SHARE, "portrait": FACE, "logo": LOGO}


def specs_for(uses: list[str]) -> list[str]:
    """Return the specifications that these uses of one picture need, each once, in a fixed order."""
    return list(dict.fromkeys(spec for use in uses for spec in USES.get(use, {}).values()))
