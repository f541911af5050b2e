"""Certificate PDF: any name is typeset, and the code leads to the verify page."""

import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from time import process_time

import pytest
import segno
from django.utils import translation

from commerce.certificates import qr, typesetting
from commerce.certificates.pdf import render
from commerce.certificates.text import clean, visual
from commerce.certificates.types import CertificateData
from tests.fixtures.untraced import untraced

URL = "https://north.example/verify/K7QF-9XPM-42TD/"
MARIA = CertificateData(
    academy="Northlight School of Baking",
    holder="Maria Kowalska",
    title="Sourdough from scratch",
    issued_on=date(2026, 11, 3),
    hours=Decimal("3.5"),
    credits=Decimal("2.0"),
    code="K7QF-9XPM-42TD",
    verify_url=URL,
    brand_colour="#9a3412",
    instructors=("Marta Ruiz",),
)


def _streams(pdf: bytes) -> list[bytes]:
    streams = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            streams.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return streams


def _page(pdf: bytes) -> bytes:
    return next(stream for stream in _streams(pdf) if b" re" in stream and b" Tf" in stream)


def _embedded(pdf: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/FontName /[A-Z]{6}\+(\w+)", pdf)}


def _copied(pdf: bytes) -> str:
    """Return every character that a reader can copy out of the page, from the fonts' own tables."""
    tables = b"".join(stream for stream in _streams(pdf) if b"beginbfrange" in stream or b"beginbfchar" in stream)
    codes = re.findall(rb"<([0-9A-F]{4})>", tables)
    return "".join(chr(int(code, 16)) for code in codes)


def test_a_certificate_is_one_landscape_page_with_its_particulars():
    pdf = render(MARIA)

    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 1
    assert b"841.8898 595.2756" in pdf
    assert b"Sourdough from scratch: certificate for Maria Kowalska" in pdf
    assert b"/Author (Northlight School of Baking)" in pdf
    assert set("Maria Kowalska") <= set(_copied(pdf))


def test_a_spanish_academy_s_certificate_is_in_spanish():
    with translation.override("es"):
        pdf = render(MARIA)

    assert b"/Lang (es)" in pdf
    assert b"certificado de Maria Kowalska" in pdf
    # Of "Certificado de finalización" and "Verifique", in capitals.
    assert {"Ó", "Q"} <= set(_copied(pdf))
    assert pdf != render(MARIA)


def test_only_the_glyphs_in_use_are_embedded():
    pdf = render(MARIA)

    assert _embedded(pdf) == {"LyceumSerif", "LyceumSerifItalic", "LyceumSans"}
    assert b"/FontFile2" in pdf
    assert len(pdf) < 30_000


def test_equal_data_gives_equal_bytes():
    assert render(MARIA) == render(replace(MARIA))


def test_the_code_is_drawn_once_with_every_dark_module():
    code = segno.make(URL, error="m", micro=False, mask=qr.MASK)

    symbol = qr.symbol(URL)
    page = _page(render(MARIA))

    drawn = {(x + step, y) for x, y, length in symbol.bars for step in range(length)}
    dark = {(x, y) for y, row in enumerate(code.matrix) for x, module in enumerate(row) if module}
    assert drawn == dark
    assert page.count(b" 1 re") == len(symbol.bars)
    assert qr.path(symbol).encode() in page


@pytest.mark.parametrize(
    ("holder", "font"),
    [
        ("Þórdís Łukasiewicz-Şahin", "LyceumSerif"),
        ("Nguyễn Thị Phương Thảo", "LyceumSerif"),
        ("Γιώργος Παπαδόπουλος", "LyceumSerif"),
        ("Ольга Іваненко", "LyceumSerif"),
        ("محمد الخوارزمي", "LyceumWorld"),
        ("יעל בן־דוד", "LyceumWorld"),
        ("Անի Սարգսյան", "LyceumWorld"),
        ("ნინო ბერიძე", "LyceumWorld"),
        ("สมชาย ใจดี", "LyceumWorld"),
        ("山田 太郎", "LyceumHan"),
        ("김민준", "LyceumHangul"),
    ],
)
def test_a_name_in_any_script_is_printed_from_an_embedded_font(holder, font):
    pdf = render(replace(MARIA, holder=holder))

    assert font in _embedded(pdf)
    printed = set(visual(clean(holder))) - {" "}
    assert printed <= set(_copied(pdf))


@pytest.mark.parametrize(
    "holder", ["", "\x00\ud800", "Ada 🍞", "e\u0301le\u0300ne", "𒀀𒁀", "(" * 90, "\u202eevil", "لا"]
)
def test_no_name_breaks_the_press(holder):
    assert render(replace(MARIA, holder=holder, title=holder, academy=holder)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "name",
    [
        "Maximiliana Theodora Konstantinopoulou-Featherstonehaugh de la Cruz y Villanueva",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
        "W" * 255,
        "one two three " * 40,
    ],
)
def test_a_long_name_shrinks_and_wraps_inside_its_box(name):
    box = (700.0, 88.0)

    block = typesetting.fit(clean(name), typesetting.SERIF, box=box, sizes=(56, 40, 28, 20, 13, 10))

    assert len(block.lines) * block.size * 1.18 <= box[1] + 0.01
    assert all(typesetting.width(line, typesetting.SERIF, block.size) <= box[0] for line in block.lines)


def test_a_short_name_is_set_large_on_one_line():
    block = typesetting.fit("Maria Kowalska", typesetting.SERIF, box=(700.0, 88.0), sizes=(56, 40, 28))

    assert block.lines == ("Maria Kowalska",)
    assert block.size == 56


def test_arabic_letters_join_and_run_from_the_right():
    assert visual("\u0628\u0627\u0628") == "\ufe8f\ufe8e\ufe91"
    assert visual("\u0644\u0627") == "\ufefb"
    assert visual("Dr \u05d0\u05d1 2") == "Dr 2 \u05d1\u05d0"
    assert visual("\u05d0 (x)") == "(x) \u05d0"
    assert visual("\u05d0 [\u05d1]") == "[\u05d1] \u05d0"
    assert visual("Zoë") == "Zoë"


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ("\u05d0 (x) 12", "12 (x) \u05d0"),
        ("Dr \u05d0 (\u05d1)", "Dr (\u05d1) \u05d0"),
        ("\u05d0 «([x])»", "«([x])» \u05d0"),
        ("x (\u05d0) «y»", "x (\u05d0) «y»"),
    ],
)
def test_brackets_open_and_close_in_the_direction_of_the_text(line, drawn):
    assert visual(line) == drawn


def test_a_hundred_arabic_certificates_take_less_than_two_seconds_of_a_core():
    people = [replace(MARIA, holder=f"محمد الخوارزمي {number}", title="الخبز من الصفر") for number in range(101)]
    render(people.pop())

    with untraced():
        start = process_time()
        for person in people:
            render(person)
        spent = process_time() - start

    assert spent < 2.0


@pytest.mark.parametrize("status", ["revoked", "replaced"])
def test_what_no_longer_counts_says_so(status):
    valid, stamped = render(MARIA), render(replace(MARIA, status=status))

    assert b" .6 .106 .106 rg" in _page(stamped)
    assert b" .6 .106 .106 rg" not in _page(valid)


def test_threads_share_the_fonts_without_mixing_them():
    names = ("Zoë", "Ольга", "Γιώργος", "Þór")
    people = [replace(MARIA, holder=f"{name} {number}") for number in range(6) for name in names]
    alone = [render(person) for person in people]
    typesetting.font(typesetting.SERIF).face._subset.cache_clear()

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(render, people))

    assert together == alone


def test_a_hundred_certificates_take_less_than_a_second_of_a_core():
    people = [replace(MARIA, holder=f"Maria Kowalska {number}", verify_url=f"{URL}{number}") for number in range(101)]
    render(people.pop())

    with untraced():
        start = process_time()
        for person in people:
            render(person)
        spent = process_time() - start

    assert spent < 1.0
