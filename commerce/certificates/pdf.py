"""The PDF of a certificate: A4 landscape, one column of serif type with space around the name; in the active language."""

from datetime import date
from decimal import Decimal
from io import BytesIO

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from commerce.certificates import qr, typesetting
from commerce.certificates.text import clean
from commerce.certificates.types import CertificateData
from commerce.certificates.typesetting import ITALIC, SANS, SERIF, Block

PAGE = landscape(A4)
LEFT, RIGHT = 62.0, PAGE[0] - 62.0
MEASURE = RIGHT - LEFT
QR_EDGE = 86.0

Ink = tuple[float, float, float]
INK: Ink = (0.114, 0.106, 0.094)
SOFT: Ink = (0.361, 0.337, 0.302)
LINE: Ink = (0.84, 0.815, 0.775)
BAD: Ink = (0.6, 0.106, 0.106)
TINT: Ink = (0.975, 0.92, 0.91)

STAMPS = {
    "revoked": (_("Revoked"), _("This certificate has been revoked and is no longer valid.")),
    "replaced": (
        _("Replaced"),
        _("This certificate has been replaced by a newer one and is no longer valid."),
    ),
    "expired": (_("Expired"), _("This certificate has expired and is no longer valid.")),
}


def render(data: CertificateData) -> bytes:
    """Draw a certificate, in about four milliseconds. Equal data gives equal bytes."""
    typesetting.font(SANS)
    out = BytesIO()
    canvas = Canvas(
        out, pagesize=PAGE, pageCompression=1, invariant=1, lang=get_language() or "en", initialFontName=SANS
    )
    _metadata(canvas, data)
    if data.status in STAMPS:
        _stamp(canvas, str(STAMPS[data.status][0]))
    _head(canvas, data)
    _body(canvas, data)
    _facts(canvas, data)
    _proof(canvas, data)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _metadata(canvas: Canvas, data: CertificateData) -> None:
    holder, title, academy = (clean(text) for text in (data.holder, data.title, data.academy))
    canvas.setTitle(gettext("%(title)s: certificate for %(holder)s") % {"title": title, "holder": holder})
    canvas.setAuthor(academy)
    canvas.setSubject(
        gettext("Certificate %(code)s, issued %(date)s. Verify at %(address)s")
        % {"code": data.code, "date": _day(data.issued_on), "address": data.verify_url}
    )
    canvas.setCreator("Lyceum")
    canvas.setProducer("Lyceum")
    # The day of issue, not of drawing: a copy fetched again years later is the same file.
    canvas.setDateFormatter(lambda *_: f"D:{data.issued_on:%Y%m%d}000000Z")


def _head(canvas: Canvas, data: CertificateData) -> None:
    top = PAGE[1] - 74
    name = typesetting.fit(clean(data.academy), SERIF, box=(MEASURE - 250, 22), sizes=(17, 14.5, 12, 10))
    _block(canvas, name, x=LEFT, y=top, font=SERIF, ink=_colour(data.brand_colour))
    label, ink = gettext("Certificate of completion"), SOFT
    if data.status in STAMPS:
        label, ink = str(STAMPS[data.status][0]), BAD
    _label(canvas, label, x=RIGHT, y=top + 1.5, size=8, ink=ink, align_end=True)
    _rule(canvas, LEFT, RIGHT, top - 17, 0.5, LINE)
    _rule(canvas, LEFT, LEFT + 62, top - 17, 2.2, _colour(data.brand_colour))


def _body(canvas: Canvas, data: CertificateData) -> None:
    """Set the sentence; name and title grow downwards and upwards from a fixed line between them."""
    holder = typesetting.fit(
        clean(data.holder), SERIF, box=(MEASURE, 88), sizes=(56, 52, 48, 44, 40, 36, 32, 28, 24, 20, 16, 13, 10)
    )
    title = typesetting.fit(
        clean(data.title), SERIF, box=(MEASURE - 60, 74), sizes=(27, 25, 23, 21, 19, 17, 15, 13, 11, 9)
    )
    between = 296.0
    lowest = between + 38
    first = lowest + (len(holder.lines) - 1) * holder.size * 1.18
    _line(
        canvas,
        gettext("This certifies that"),
        x=LEFT,
        y=first + holder.size * 0.74 + 27,
        font=ITALIC,
        size=14,
        ink=SOFT,
    )
    _block(canvas, holder, x=LEFT, y=first, font=SERIF, ink=INK)
    _line(canvas, gettext("has completed"), x=LEFT, y=between - 6, font=ITALIC, size=14, ink=SOFT)
    _block(canvas, title, x=LEFT, y=between - 25 - title.size, font=SERIF, ink=INK)


def _facts(canvas: Canvas, data: CertificateData) -> None:
    base = 100.0
    _rule(canvas, LEFT, RIGHT, base + 52, 0.5, LINE)
    facts = [(gettext("Issued"), _day(data.issued_on))]
    if data.hours:
        hours = ngettext("%(hours)s hour", "%(hours)s hours", _count(data.hours)) % {"hours": _number(data.hours)}
        facts.append((gettext("Study"), hours))
    if data.credits:
        credits = ngettext("%(credits)s credit", "%(credits)s credits", _count(data.credits))
        facts.append((gettext("CPD"), credits % {"credits": _number(data.credits)}))
    if data.instructors:
        facts.append((gettext("Taught by"), ", ".join(clean(name) for name in data.instructors)))
    x, room = LEFT, MEASURE - QR_EDGE - 24
    for index, (label, value) in enumerate(facts):
        wide = room - (x - LEFT) if index == len(facts) - 1 else 118.0
        _label(canvas, label, x=x, y=base + 30, size=7, ink=SOFT)
        block = typesetting.fit(value, SERIF, box=(wide - 12, 34), sizes=(13, 11.5, 10, 8.5))
        _block(canvas, block, x=x, y=base + 12, font=SERIF, ink=INK)
        x += wide


def _proof(canvas: Canvas, data: CertificateData) -> None:
    """Place the code, the address and their QR symbol in the lower right corner."""
    foot = 50.0
    stamped = data.status in STAMPS
    caption, ink = (str(STAMPS[data.status][1]), BAD) if stamped else (gettext("Verify this certificate"), SOFT)
    _label(canvas, caption, x=LEFT, y=foot + 14, size=7, ink=ink)
    address = typesetting.fit(data.verify_url, SANS, box=(MEASURE - QR_EDGE - 150, 12), sizes=(9, 8, 7, 6))
    _block(canvas, address, x=LEFT, y=foot, font=SANS, ink=INK)
    code = clean(data.code)
    wide = typesetting.width(code, SANS, 9, 0.8)
    _line(canvas, code, x=RIGHT - QR_EDGE - 24 - wide, y=foot, font=SANS, size=9, ink=INK, spacing=0.8)
    _symbol(canvas, data.verify_url, x=RIGHT - QR_EDGE, y=foot - 2)
    canvas.linkURL(data.verify_url, (RIGHT - QR_EDGE, foot - 2, RIGHT, foot - 2 + QR_EDGE), relative=0)


def _symbol(canvas: Canvas, url: str, *, x: float, y: float) -> None:
    """Fill the code as one path; the white round it is its quiet zone."""
    code = qr.symbol(url)
    canvas.saveState()
    canvas.setFillColorRGB(*INK)
    canvas.translate(x, y)
    canvas.scale(QR_EDGE / code.size, QR_EDGE / code.size)
    canvas._code.append(qr.path(code))
    canvas.restoreState()


def _stamp(canvas: Canvas, word: str) -> None:
    """Print a word across the sheet, under everything else, so that a copy in grey still says it."""
    canvas.saveState()
    canvas.translate(PAGE[0] / 2, PAGE[1] / 2)
    canvas.rotate(24)
    size = 150.0
    wide = typesetting.width(word, SERIF, size)
    _line(canvas, word, x=-wide / 2, y=-size / 3, font=SERIF, size=size, ink=TINT)
    canvas.restoreState()


def _block(canvas: Canvas, block: Block, *, x: float, y: float, font: str, ink: Ink) -> None:
    for index, line in enumerate(block.lines):
        _line(canvas, line, x=x, y=y - index * block.size * 1.18, font=font, size=block.size, ink=ink)


def _line(
    canvas: Canvas, line: str, *, x: float, y: float, font: str, size: float, ink: Ink, spacing: float = 0
) -> None:
    text = canvas.beginText(x, y)
    text.setFillColorRGB(*ink)
    text.setCharSpace(spacing)
    for run in typesetting.runs(line, font):
        text.setFont(run.font, size)
        text.textOut(run.text)
    canvas.drawText(text)


def _label(canvas: Canvas, words: str, *, x: float, y: float, size: float, ink: Ink, align_end: bool = False) -> None:
    """Set a caption in spaced capitals."""
    capitals, spacing = words.upper(), size * 0.16
    if align_end:
        x -= typesetting.width(capitals, SANS, size, spacing) - spacing
    _line(canvas, capitals, x=x, y=y, font=SANS, size=size, ink=ink, spacing=spacing)


def _rule(canvas: Canvas, start: float, end: float, y: float, weight: float, ink: Ink) -> None:
    canvas.setStrokeColorRGB(*ink)
    canvas.setLineWidth(weight)
    canvas.line(start, y, end, y)


def _colour(code: str) -> Ink:
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _day(day: date) -> str:
    return str(date_format(day, "DATE_FORMAT"))


def _count(value: Decimal) -> int:
    """Return what chooses a plural: half an hour has the plural of two."""
    return 1 if value == 1 else 2


def _number(value: Decimal) -> str:
    return str(number_format(f"{value.normalize():f}"))
