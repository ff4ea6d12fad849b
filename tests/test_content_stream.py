"""The fast reader reads a page as plain pdfplumber does, to the last bit, or says that it is not sure."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfminer.pdftypes import stream_value
from pdfplumber.utils.exceptions import PdfminerException

from benchmarks import feed
from benchmarks.sameness import EXTRA, differences, glyphs, letters, same_words
from extractors.readers import pages, read_chapter
from extractors.readers.content import plain_content
from extractors.readers.content_stream import StreamReader
from extractors.readers.instructions import INSTRUCTION, Unsure
from extractors.readers.pages import FORGET, Pages, read_content
from tests.accuracy import SHARED
from tests.generator import LAYOUTS, SAMPLE, Layout, draw_pdf
from tests.pages import DOWNWARD, FONTS, document

TEXT = b"BT /F1 12 Tf 72 700 Td (Amber office) Tj ET\n"


def assert_same(page: Any) -> None:
    """Both feeds give the same: glyphs, shapes and marks to the last bit, pdfplumber's words, its tables' cells."""
    fast = StreamReader().read(page)
    assert differences(fast, plain_content(page)) == []
    assert same_words(feed.words(fast), page.extract_words(extra_attrs=EXTRA))
    assert feed.tables(fast) == page.extract_tables()


# ---------------------------------------------------------------------------------------------- what it knows

KNOWN = {
    "text": TEXT,
    "kerned": b"BT /F2 9.5 Tf 1 0 0 1 72 700 Tm [(La)20(bo)-5.5(r.)] TJ [<41 42>-250(x)] TJ ET",
    "spaced": b"BT /F1 10 Tf 0.4 Tc 1.5 Tw 72 700 Td (two words) Tj [(a b)-300(c)]TJ 0 Tc (d e) Tj ET",
    "two bytes": b"BT /F3 11 Tf 2 Tw 0.1 Tc 72 600 Td <00410042002000430101> Tj [(\\000a\\000b)] TJ ET",
    "ligatures": b"BT /F3 11 Tf 72 600 Td <00410101010200200103004200A0> Tj ET",
    "undefined glyphs": b"BT /F3 11 Tf 72 600 Td <0B000041> Tj /F5 9 Tf (n\\001n) Tj ET",
    "painted glyphs": b"BT /F4 20 Tf 72 600 Td (ABCDZ) Tj ET",
    "lines": b"BT /F1 10 Tf 14 TL 72 700 Td (one) Tj T* (two) Tj (three) ' 0 -20 TD (four) Tj T* (five) Tj ET",
    "raised": b"BT /F1 10 Tf 72 700 Td (word) Tj 4 Ts /F1 6 Tf (12) Tj ET",
    "narrow": b"BT /F1 10 Tf 80 Tz 0.2 Tc 72 700 Td (narrow words) Tj ET",
    "turned": b"BT /F1 10 Tf 0 1 -1 0 300 300 Tm (upward text) Tj ET",
    "slanted and mirrored": b"BT /F1 10 Tf 1 0 0.3 1 72 500 Tm (slanted) Tj -1 0 0 1 300 400 Tm (mirror) Tj ET",
    "negative size": b"BT /F1 -10 Tf 72 500 Td (below) Tj ET",
    "escapes": rb"BT /F1 10 Tf 72 500 Td (a\(b\)c \101\7x\q\\ (nested) end\)) Tj <4> Tj <> Tj () Tj ET",
    "broken strings": b"BT /F1 10 Tf 72 500 Td (a\\\nb\rc\r\nd) Tj (e\\\rf) Tj ET",
    "comments": b"% a comment ( [ <<\nBT % another\n/F1 10 Tf 72 500 Td (a%b) Tj ET % last",
    "tight": b"BT/F1 10 Tf 72 500 Td(tight)Tj[(a)-20.(b).5(c)+3(d)]TJ ET q Q",
    "saved": b"q 2 0 0 2 10 10 cm BT /F1 10 Tf 20 200 Td (big) Tj q ET Q (more) Tj Q Q BT 1 0 0 1 9 9 Tm (x) Tj ET",
    "no font": b"BT 72 500 Td (nothing) Tj ET",
    "marked": b"/P <</MCID 0 /Lang (en (US)) /ActualText<FEFF0041>>> BDC "
    + TEXT
    + b" EMC /Artifact BMC EMC /X /Y BDC EMC"
    b" /P <</Attached [/Top] /BBox [1 2 3 4] /Is true>>BDC EMC /Note MP /Note /P1 DP",
    "ignored": b"/GS0 gs /RelativeColorimetric ri 1 i 0 J 1 j 3 M [3 2] 0 d [] 0 d BX EX /Sh0 sh 2 Tr 0.5 w " + TEXT,
    "colours": b"0.5 g 1 0 0 RG 10 10 50 20 re B 0 0 0 1 k 0.1 0.2 0.3 rg 0 G 10 50 50 20 re f 0 1 0 0 K "
    b"9 9 m 99 9 l S",
    "colour spaces": b"/Icc cs 1 1 1 scn 10 10 50 20 re f /Dye CS 0.5 SCN /Two cs 0.1 0.2 scn /Tiles cs /P0 scn "
    b"9 9 9 9 re f "
    b"/DeviceCMYK cs 0 0 0 0 sc /None cs 0 0 0 1 sc /Tiles CS /P1 SCN 3 3 m 9 3 l S",
    "white": b"1 g " + TEXT + b"0.5 g 70 690 100 30 re f 1 1 1 rg " + TEXT + b"0 0 0 0 k " + TEXT,
    "paths": b"10 10 m 100 10 l S 10 20 m 100 20 l h s 10 30 m 60 30 l 60 90 l 10 90 l h f "
    b"10 30 m 60 30 l 60 90 l 10 90 l "
    b"10 30 l f* 10 10 m 20 50 30 50 40 10 c 50 10 60 10 v 70 20 80 20 y b 1 1 m 9 9 l 5 5 m 7 7 l 2 2 m B* 5 5 m S "
    b"10 30 m 60 30 l 60 90 l 10 90 l 10 30 l h b*",
    "clipping": b"10 10 50 20 re W n 10 10 50 20 re W* n h S 10 10 l S n",
    "a grid": b"0 G "
    + b"".join(b"%d 100 m %d 200 l S 100 %d m 200 %d l S\n" % ((x,) * 4) for x in (100, 150, 200))
    + b"BT /F1 8 Tf 105 180 Td (one two) Tj 48 0 Td (three) Tj -48 -50 Td (four) Tj 0 -9 Td (fi-ve) Tj ET",
    "crossing a cell": b"90 90 60 20 re 150 90 60 20 re S BT /F1 12 Tf 100 95 Td (acrossborders) Tj ET",
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_instruction_is_read_as_pdfplumber_reads_it(name: str) -> None:
    with pdfplumber.open(document(KNOWN[name])) as pdf:
        assert_same(pdf.pages[0])


PAGES = [
    "/MediaBox [0 0 612 792] /Rotate 90",
    "/MediaBox [0 0 612 792] /Rotate 180",
    "/MediaBox [10 20 612 792] /Rotate 270",
    "/MediaBox [36 -50 700.5 800] /CropBox [60 100 500 699]",
    "/MediaBox [0 0 612 792] /CropBox [-50 -50 900 900] /UserUnit 2",
]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_every_kind_of_frame(page: str) -> None:
    for stream in KNOWN.values():
        with pdfplumber.open(document(stream, page=page)) as pdf:
            assert_same(pdf.pages[0])


def test_a_page_in_several_streams() -> None:
    with pdfplumber.open(
        document(b"BT /F1 10 Tf 72", b"500 Td (a", b"b) Tj [(c)", b"-20 (d)] TJ ET % end", TEXT)
    ) as pdf:
        assert_same(pdf.pages[0])


FORM = "/BBox [0 0 100 100] /Matrix [2 0 0 2 30 40] /Resources 4 0 R"


def test_forms_have_a_state_of_their_own_and_leave_their_matrix_behind() -> None:
    forms = {
        "Fm1": (FORM, b"1 0 0 rg 0 0 20 20 re f BT /F1 8 Tf 5 5 Td (in) Tj ET q 3 0 0 3 0 0 cm /Fm2 Do"),
        "Fm2": ("/BBox [0 0 9 9]", b"0 0 5 5 re f BT (no font) Tj /F1 6 Tf (inner) Tj ET"),
        "Fm3": ("/Matrix [1 0 0 1 0 0]", b"1 1 5 5 re f"),  # without a box it is not painted
    }
    stream = b"1 g q /Fm1 Do 5 5 5 5 re f Q /Fm2 Do 0.5 0 0 0.5 9 9 cm /Fm1 Do /Fm3 Do /None Do " + TEXT
    with pdfplumber.open(document(stream, forms=forms)) as pdf:
        assert_same(pdf.pages[0])


@pytest.mark.parametrize("paint", [b"1 g", b"0 g"])
def test_places_beyond_all_numbers_are_read_as_pdfplumber_reads_them(paint: bytes, tmp_path: Path) -> None:
    far = b"1" * 30
    stream = TEXT + paint + b" 10 10 50 20 re f " + b"%s 0 0 -%s 5 5 cm " % (far, far) * 12 + b"9 9 50 20 re f " + TEXT
    path = tmp_path / "far.pdf"
    path.write_bytes(document(stream).getvalue())
    with pdfplumber.open(path) as pdf:
        fast, plain = StreamReader().read(pdf.pages[0]), plain_content(pdf.pages[0])
        assert repr(fast.rects) == repr(plain.rects)  # written out, what is no number equals itself
        assert repr(list(glyphs(fast.runs))) == repr(list(glyphs(plain.runs)))
    assert read_chapter(path, path.name).blocks


# ---------------------------------------------------------------------------------------------- what it does not know

UNKNOWN = {
    "an inline image": (b"q BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q " + TEXT, "BI"),
    "too few operands": (b"1 0 rg " + TEXT, "rg with 2"),
    "too many operands": (b"5 1 0 0 rg " + TEXT, "rg with 4"),
    "an unknown operator": (b"1 2 foo " + TEXT, "foo"),
    "numbers that touch": (b"1 0-1 5 re f " + TEXT, "unexpected"),
    "a number of forty digits": (b"1" * 40 + b" 0 m 5 5 l S " + TEXT, "unexpected"),
    "an open string": (TEXT + b"BT (open ET", "unexpected"),
    "an escaped name": (b"BT /F#31 12 Tf (a) Tj ET", "unexpected"),
    "a font that is not there": (b"BT /F9 12 Tf (a) Tj ET", "font"),
    "an octal code above 255": (b"BT /F1 9 Tf (\\777) Tj ET", "octal"),
    "a line end of two, escaped": (b"BT /F1 9 Tf (a\\\r\nb) Tj ET", "broken"),
    "a colour of two parts": (b"0.5 0.5 sc " + TEXT, "colour"),
    "an odd dictionary": (b"/P <</MCID>> BDC " + TEXT, "unexpected"),
    "spacing with the text": (b'BT /F1 9 Tf 1 2 (a) " ET', "unexpected"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_goes_to_pdfplumber_and_is_counted(name: str) -> None:
    stream, reason = UNKNOWN[name]
    with pdfplumber.open(document(stream)) as pdf:
        with pytest.raises(Unsure, match=re.escape(reason)):
            StreamReader().read(pdf.pages[0])
        try:
            plain = plain_content(pdf.pages[0])
        except PdfminerException:
            with pytest.raises(PdfminerException):
                read_content(pdf.pages[0], StreamReader())
            return
        content = read_content(pdf.pages[0], StreamReader())
        assert reason in content.unsure
        assert differences(content, plain) == []


def test_text_from_top_to_bottom_goes_to_pdfplumber() -> None:
    with pdfplumber.open(document(b"BT /F6 9 Tf <0041> Tj ET", fonts={**FONTS, "F6": DOWNWARD})) as pdf:
        assert "top to bottom" in read_content(pdf.pages[0], StreamReader()).unsure


def test_a_form_within_itself_goes_to_pdfplumber() -> None:
    with pdfplumber.open(document(b"/Fm1 Do", forms={"Fm1": (FORM, b"/Fm1 Do " + TEXT)})) as pdf:
        content = read_content(pdf.pages[0], StreamReader())
        assert "itself" in content.unsure
        assert "".join(shown.texts[0] for shown in content.runs) == "Amber office"


def test_a_chapter_says_which_pages_were_read_slowly(tmp_path: Path) -> None:
    path = tmp_path / "slow.pdf"
    path.write_bytes(document(UNKNOWN["an inline image"][0]).getvalue())
    (issue,) = [issue for issue in read_chapter(path, path.name).issues if issue.check == "page_read_slowly"]
    assert (issue.severity, issue.where.page) == ("info", 1)
    assert "BI" in issue.message


def test_pdfium_is_asked_about_a_page_with_few_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "few.pdf"
    path.write_bytes(document(TEXT + TEXT.replace(b"office", b"office " * 12)).getvalue())
    assert "text_missing" not in {issue.check for issue in read_chapter(path, path.name).issues}
    whole = pages.read_content
    monkeypatch.setattr(pages, "read_content", lambda *given: replace(whole(*given), runs=whole(*given).runs[:1]))
    (issue,) = [issue for issue in read_chapter(path, path.name).issues if issue.check == "text_missing"]
    assert (issue.severity, issue.where.page) == ("error", 1)
    assert "88 letters on this page, but we read 11" in issue.message


# ---------------------------------------------------------------------------------------------- any stream

numbers = st.one_of(
    st.integers(-900, 900).map(str),
    st.floats(-900, 900, allow_nan=False).map(lambda x: f"{x:.4f}"),
    st.sampled_from(["0", "1", "-1", ".5", "-.25", "+2", "12."]),
)
positives = st.one_of(st.integers(1, 40).map(str), st.floats(0.1, 40).map(lambda x: f"{x:.3f}"))
simple_strings = st.text(st.sampled_from("abc n.-12é() \\"), max_size=8).map(
    lambda text: "(" + re.sub(r"([()\\])", r"\\\1", text) + ")"
)
hexes = st.lists(st.sampled_from(["0041", "0061", "0020", "0101", "0102", "0103", "0B0B", "00A0"]), max_size=5).map(
    lambda codes: "<" + "".join(codes) + ">"
)
strings = st.one_of(simple_strings, hexes)
arrays = st.lists(st.one_of(strings, numbers), max_size=6).map(lambda parts: "[" + " ".join(parts) + "] TJ")


def operator(name: str, count: int, values: st.SearchStrategy[str] = numbers) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=count, max_size=count).map(lambda operands: " ".join([*operands, name]))


parts = st.one_of(numbers.map(lambda x: f"{abs(float(x)) % 1:.3f}"), st.just("1"))
instructions = st.one_of(
    st.sampled_from(
        ["q", "Q", "BT", "ET", "T*", "S", "s", "f", "f*", "B", "B*", "b", "b*", "n", "W", "h", "0 Tr", "EMC"]
    ),
    st.sampled_from(["/Fm1 Do", "/Fm2 Do", "/Icc cs 1 1 1 scn", "/Dye CS 0.2 SCN", "/P <</MCID 3>> BDC", "/G0 gs"]),
    st.builds("/F{} {} Tf".format, st.integers(1, 5), positives),
    st.builds("{} {}".format, strings, st.sampled_from(["Tj", "'"])),
    arrays,
    operator("Td", 2),
    operator("TD", 2),
    operator("Tm", 6),
    st.builds("1 0 0 1 {} {} Tm".format, numbers, numbers),
    st.builds("{0} 0 0 {0} {1} {2} cm".format, positives, numbers, numbers),
    operator("cm", 6),
    operator("Tc", 1),
    operator("Tw", 1),
    operator("Tz", 1, positives),
    operator("TL", 1),
    operator("Ts", 1),
    operator("m", 2),
    operator("l", 2),
    operator("c", 6),
    operator("v", 4),
    operator("y", 4),
    operator("re", 4),
    operator("g", 1, parts),
    operator("rg", 3, parts),
    operator("k", 4, parts),
    operator("G", 1, parts),
)
FORMS = {
    "Fm1": (FORM, b"0.2 g 0 0 9 9 re f BT /F2 7 Tf (form) Tj ET 2 0 0 2 1 1 cm"),
    "Fm2": ("/BBox [0 0 9 9] /Matrix [0 1 -1 0 50 50]", b"BT /F3 7 Tf <00410042> Tj ET /Fm1 Do"),
}


@given(st.lists(instructions, min_size=5, max_size=60), st.sampled_from(["/MediaBox [0 0 612 792]", *PAGES]))
def test_any_known_instructions_in_any_order(stream: list[str], page: str) -> None:
    data = ("BT /F1 10 Tf 1 0 0 1 100 400 Tm " + "\n".join(stream)).encode("latin-1")
    with pdfplumber.open(document(data, forms=FORMS, page=page)) as pdf:
        assert_same(pdf.pages[0])


@pytest.fixture(scope="module")
def chapter(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The generated chapter as a file."""
    path = tmp_path_factory.mktemp("chapter") / "arvenia.pdf"
    draw_pdf(SAMPLE, path, LAYOUTS[0])
    return path.read_bytes()


def mutated(stream: bytes, chance: random.Random) -> bytes:
    """A stream with instructions dropped, doubled, swapped or digits changed; one in three with bytes broken too."""
    lines = stream.split(b"\n")
    for _ in range(chance.choice((1, 2, 5, 20))):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        kind = chance.randrange(4)
        if kind == 0 and len(lines) > 1:
            del lines[at]
        elif kind == 1:
            lines.insert(other, lines[at])
        elif kind == 2:
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = re.sub(rb"[0-9]", lambda _: chance.choice((b"1", b"7", b"0", b"9")), lines[at], count=2)
    data = bytearray(b"\n".join(lines))
    for _ in range(chance.choice((0, 0, 0, 0, 1, 5))):
        at = chance.randrange(len(data) or 1)
        kind = chance.randrange(4)
        if kind == 0 and data:
            data[at] = chance.choice(b"()<>[]{}/%\\ \n\r.-+0123456789TJjdmlqQfSBE'\"\x00\xff")
        elif kind == 1:
            del data[at : at + chance.randrange(1, 30)]
        elif kind == 2:
            data[at:at] = data[at : at + chance.randrange(1, 60)]
        else:
            data[at:at] = data[: chance.randrange(1, 60)]
    return bytes(data)


def page_streams(pdf: bytes) -> list[bytes]:
    """The content streams of all pages of a PDF, unpacked."""
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return [b"\n".join(stream_value(part).get_data() for part in page.page_obj.contents) for page in opened.pages]


def read_or_error(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except PdfminerException:
        return None


def assert_no_silent_difference(file: BytesIO) -> bool:
    """Whether the fast reader read the page; if it did, pdfplumber reads the same."""
    with pdfplumber.open(file) as pdf:
        page = pdf.pages[0]
        plain = read_or_error(lambda: plain_content(page))
        content = read_or_error(lambda: read_content(page, StreamReader()))
        assert (content is None) == (plain is None)
        if content is None:
            return False
        assert differences(content, plain) == []
        return not content.unsure


@pytest.mark.slow
def test_a_damaged_stream_is_read_the_same_or_by_pdfplumber(chapter: bytes, figures: Callable[[str], None]) -> None:
    chance = random.Random(7)
    streams = [stream[: stream.rfind(b"ET", 0, 6000) + 2] for stream in page_streams(chapter)] + list(KNOWN.values())
    count = 120
    fast = sum(assert_no_silent_difference(document(mutated(chance.choice(streams), chance))) for _ in range(count))
    assert fast > count / 3
    figures(f"damaged content streams: {count} read the same, {fast} of them by the fast reader")


def pages_or_error(file: bytes, read: Callable[[Any], Any]) -> list[Any] | None:
    """Each page as ``read`` reads it, ``None`` for one that cannot be read, or for a whole file."""
    try:
        with pdfplumber.open(BytesIO(file)) as pdf:
            return [read_or_error(lambda page=page: read(page)) for page in pdf.pages]  # type: ignore[misc]
    except Exception:
        return None


def flipped(file: bytes, chance: random.Random) -> bytes:
    data = bytearray(file)
    for _ in range(chance.choice((1, 5, 40))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def assert_same_file(file: bytes) -> int:
    """How many pages of a damaged file are read by the fast reader, all of them as pdfplumber reads them."""
    reader = StreamReader()
    plain = pages_or_error(file, plain_content)
    mixed = pages_or_error(file, lambda page: read_content(page, reader))
    assert (plain is None) == (mixed is None)
    for one, other in zip(plain or [], mixed or [], strict=True):
        assert (one is None) == (other is None)
        assert one is None or differences(other, one) == []
    return sum(page is not None and not page.unsure for page in mixed or [])


@pytest.mark.slow
def test_a_damaged_file_is_read_the_same_or_by_pdfplumber(chapter: bytes, figures: Callable[[str], None]) -> None:
    chance = random.Random(5)
    fast = [assert_same_file(flipped(chapter, chance)) for _ in range(6)]
    assert any(fast)
    figures(f"damaged files: {len(fast)} read the same, {sum(fast)} pages of them by the fast reader")


# ---------------------------------------------------------------------------------------------- whole chapters


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_generated_chapters_are_read_the_same(layout: Layout, tmp_path: Path) -> None:
    draw_pdf(SAMPLE, tmp_path / "arvenia.pdf", layout)
    with pdfplumber.open(tmp_path / "arvenia.pdf") as pdf:
        for page in pdf.pages:
            assert_same(page)
            page.close()


def test_what_was_learned_is_given_up_on_a_long_file_and_learned_again(chapter: bytes) -> None:
    once, joined = pypdfium2.PdfDocument(chapter), pypdfium2.PdfDocument.new()
    while len(joined) <= 2 * FORGET:
        joined.import_pages(once)
    file = BytesIO()
    joined.save(file)
    opened = Pages(file.getvalue(), "long.pdf")
    assert opened.count > 2 * FORGET
    first: list[list[Any]] = []
    kept = []
    for content in opened:
        assert not content.unsure
        kept.append(len(opened.pdf.doc._cached_objs))
        read = list(glyphs(content.runs))
        if content.number <= len(once):
            first.append(read)
        assert read == first[(content.number - 1) % len(once)]
    assert max(kept) < 1.5 * max(kept[: FORGET + 1])


def real_pages() -> list[Any]:
    """Two chapters of each report year, two pages of each: the first, with its map, and one from the middle."""
    years = sorted(folder for folder in (SHARED / "reports").glob("20*") if folder.is_dir())
    return [
        pytest.param(path, id=f"{year.name}-{path.stem}")
        for year in years
        for path in sorted(year.glob("*.pdf"))[::9][:2]
    ]


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not here")
@pytest.mark.parametrize("path", real_pages())
def test_real_pages_are_read_the_same_and_no_letter_is_missing(path: Path) -> None:
    with pdfplumber.open(path) as pdf:
        document = pypdfium2.PdfDocument(path)
        for number in {0, len(pdf.pages) // 2}:
            assert_same(pdf.pages[number])
            content = StreamReader().read(pdf.pages[number])
            seen = letters(document[number].get_textpage().get_text_bounded())
            mine = letters("".join(text for shown in content.runs for text in shown.texts))
            assert (seen - mine).total() <= 0.002 * seen.total()
        document.close()


# ---------------------------------------------------------------------------------------------- nothing quadratic


def scattered(count: int) -> bytes:
    """So many words anywhere on a page."""
    chance = random.Random(1)
    places = [(chance.uniform(50, 550), chance.uniform(60, 700)) for _ in range(count)]
    return b"BT /F1 6 Tf " + b"".join(b"1 0 0 1 %.2f %.2f Tm (abc) Tj " % place for place in places) + b"ET"


CROWDED: dict[str, Callable[[int], bytes]] = {  # with many words each took minutes where a step was quadratic
    "grey boxes under words": lambda count: (
        b".7 g "
        + b"".join(b"%d %.2f 13 8 re f " % (20 + n % 44 * 13, 60 + n // 44 * 1.5) for n in range(4 * count))
        + b"0 g "
        + scattered(count)
    ),
    "white words on dots": lambda count: (
        b".2 g "
        + b"".join(b"%d %.2f 2 2 re f " % (20 + n % 200 * 3, 60 + n // 200 * 6) for n in range(4 * count))
        + b"1 g "
        + scattered(count)
    ),
    "a row for each word": lambda count: (
        b"BT /F1 0.02 Tf " + b"".join(b"1 0 0 1 72 %.3f Tm (ab) Tj " % (60 + n * 0.015) for n in range(count)) + b"ET"
    ),
}


def work(data: bytes, path: Path, most: int) -> int:
    """How many lines of Python are executed to read a page: the same number on any machine and under any load.

    Stops above ``most``, so that a slow step fails here instead of running for minutes.
    """
    path.write_bytes(document(data).getvalue())
    lines = 0

    def trace(*_: object) -> Any:
        nonlocal lines
        lines += 1
        if lines > most:
            raise KeyboardInterrupt("too much work")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read_chapter(path, path.name)
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize(  # in millions: 3.9, 0.9 and 5.3; with a quadratic step 39, 18 and 13
    ("name", "count", "most"),
    [
        ("grey boxes under words", 500, 6_000_000),
        ("white words on dots", 500, 3_000_000),
        ("a row for each word", 2000, 8_000_000),
    ],
)
def test_a_crowded_page_takes_no_step_for_each_pair(name: str, count: int, most: int, tmp_path: Path) -> None:
    assert work(CROWDED[name](count), tmp_path / "crowded.pdf", most) < most


@pytest.mark.parametrize("data", [b"1 " * 400_000, b"(" + b"\\(" * 200_000], ids=["numbers", "brackets"])
def test_a_stream_without_an_operator_is_given_up_at_its_first_byte(data: bytes) -> None:
    """Each took hours where the expression tried again from every byte."""
    matches = list(INSTRUCTION.finditer(data))
    assert [(match.lastindex, match.span()) for match in matches] == [(11, (0, len(data) - data.endswith(b" ") * 0))]
