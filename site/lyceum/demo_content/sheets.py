"""The PDF sheets of lessons: a title, a note and a table on one page of A4."""

import functools
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from lyceum import ROOT

_FONTS = ROOT / "commerce/certificates/fonts"
_TEXT, _TITLE = "DemoSans", "DemoSerif"


@functools.cache
def _register() -> None:
    pdfmetrics.registerFont(TTFont(_TEXT, _FONTS / "LyceumSans-Regular.ttf"))
    pdfmetrics.registerFont(TTFont(_TITLE, _FONTS / "LyceumSerif-Regular.ttf"))


def pdf(sheet: Mapping[str, Any], colour: str) -> bytes:
    """Set one sheet. colour: of its title and lines."""
    _register()
    title = ParagraphStyle("title", fontName=_TITLE, fontSize=26, leading=32, textColor=colors.HexColor(colour))
    note = ParagraphStyle("note", fontName=_TEXT, fontSize=10.5, leading=15)
    cell = ParagraphStyle("cell", fontName=_TEXT, fontSize=10.5, leading=14)
    head = ParagraphStyle("head", parent=cell, textColor=colors.HexColor(colour))
    rows = [[Paragraph(text, head) for text in sheet["header"]]]
    rows += [[Paragraph(text, cell) for text in row] for row in sheet["rows"]]
    table = Table(rows, colWidths=_widths(len(sheet["header"])), repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, 0), 1, colors.HexColor(colour)),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, colors.HexColor("#d8d2c8")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
            ]
        )
    )
    file = BytesIO()
    page = SimpleDocTemplate(
        file, pagesize=A4, title=sheet["title"], leftMargin=22 * mm, rightMargin=22 * mm, topMargin=26 * mm, invariant=1
    )
    page.build(
        [Paragraph(sheet["title"], title), Spacer(1, 4 * mm), Paragraph(sheet["note"], note), Spacer(1, 9 * mm), table]
    )
    return file.getvalue()


def _widths(columns: int) -> list[float]:
    """The first column is half as wide again as the others, unless it is only a number."""
    unit = 166 * mm / (columns + 0.5)
    return [unit * 1.5, *[unit] * (columns - 1)]
