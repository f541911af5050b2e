"""Converts the subset of Markdown used by content files to the HTML of Wagtail's rich text."""

import re
from html import escape

_BULLET = re.compile(r"^- ")
_NUMBER = re.compile(r"^\d+\. ")


def html(text: str) -> str:
    """Return headings (##, ###), paragraphs, lists (- and 1.), quotes (>), **bold**, *italic*, `code` and [links](…)."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return "".join(_block(block.strip()) for block in blocks if block.strip())


def _block(block: str) -> str:
    lines = block.splitlines()
    first = lines[0]
    if first.startswith("### "):
        return f"<h3>{_inline(first[4:])}</h3>"
    if first.startswith("## "):
        return f"<h2>{_inline(first[3:])}</h2>"
    if first.startswith("> "):
        return f"<blockquote>{_inline(' '.join(line.removeprefix('> ') for line in lines))}</blockquote>"
    for sign, tag in ((_BULLET, "ul"), (_NUMBER, "ol")):
        if sign.match(first):
            items = "".join(f"<li>{_inline(sign.sub('', line))}</li>" for line in lines)
            return f"<{tag}>{items}</{tag}>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    safe = escape(text, quote=False)
    # Code may contain an asterisk, so it is split off first.
    parts = re.split(r"`([^`]+)`", safe)
    return "".join(f"<i>{part}</i>" if index % 2 else _emphasis(part) for index, part in enumerate(parts))


def _emphasis(text: str) -> str:
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"\[(.+?)\]\((.+?)\)", r'<a href="\2">\1</a>', text)
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
