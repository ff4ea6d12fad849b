"""Text that a viewer does not show, shows turned, or shows once although it is painted twice."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from extractors.model import Chapter
from extractors.readers import read_chapter
from extractors.readers.marks import read_marks
from extractors.readers.pages import Pages
from tests.pages import FONTS, document, stream_object

SEEN = b"BT /F1 11 Tf 72 700 Td (Amber is found here.) Tj ET\n"
SPACES = (
    "/ColorSpace << /Ink [/Separation /Red /DeviceCMYK << /FunctionType 2 /Domain [0 1] /N 1 /C0 [0 0 0 0] "
    "/C1 [0 1 1 0] >>] "
    "/Chalk [/Separation /Chalk /DeviceGray << /FunctionType 2 /Domain [0 1] /N 1 /C0 [0] /C1 [1] >>] "
    "/Lab [/Lab << /WhitePoint [0.95 1 1.09] >>] /Table [/Indexed /DeviceRGB 1 <FFFFFF000000>] /Tiles /Pattern "
    "/Icc [/ICCBased 6 0 R] >>"
)
RESOURCES = (
    "/ExtGState << /Clear << /ca 0 >> /Faint << /ca 0.4 >> /Bare << /CA 0 >> >> "
    "/Properties << /Off 80 0 R /On 81 0 R /AnyOn 82 0 R /AllOn 83 0 R /AnyOff 84 0 R /Rule 85 0 R >>"
)
CATALOG = "/OCProperties << /OCGs [80 0 R 81 0 R] /D << /OFF [80 0 R] >> >>"
OBJECTS = {
    80: b"<< /Type /OCG /Name (draft) >>",
    81: b"<< /Type /OCG /Name (print) >>",
    82: b"<< /Type /OCMD /OCGs [80 0 R 81 0 R] >>",
    83: b"<< /Type /OCMD /OCGs [80 0 R 81 0 R] /P /AllOn >>",
    84: b"<< /Type /OCMD /OCGs 80 0 R /P /AnyOff >>",
    85: b"<< /Type /OCMD /VE [/And 81 0 R [/Not 80 0 R]] >>",
    90: stream_object("", b"600 0 0 0 600 600 d1"),
    91: stream_object("", b"600 0 0 0 600 600 d1 0 0 500 500 re f"),
}
DRAWN = (
    "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 600 600] /FontMatrix [0.001 0 0 0.001 0 0] "
    "/CharProcs << /empty 90 0 R /full 91 0 R >> /Encoding << /Type /Encoding /Differences [65 /empty /full] >> "
    "/FirstChar 65 /LastChar 66 /Widths [600 600] /ToUnicode 5 0 R >>"
)


def text(shown: bytes = b"(sea) Tj", before: bytes = b"", font: bytes = b"/F1 11 Tf") -> bytes:
    """A word on a line of its own, painted after these instructions."""
    return b"q " + before + b" BT " + font + b" 72 500 Td " + shown + b" ET Q\n"


def read(folder: Path, *streams: bytes, **options: Any) -> Chapter:
    given = {"resources": f"{RESOURCES}", "catalog": CATALOG, "objects": OBJECTS} | options
    return read_file(folder, document(*streams, **given))


def read_file(folder: Path, data: BytesIO) -> Chapter:
    path = folder / "drawn.pdf"
    path.write_bytes(data.getvalue())
    return read_chapter(path, path.name)


def words(chapter: Chapter) -> str:
    return " ".join(line.text for line in chapter.lines())


def findings(chapter: Chapter) -> dict[str, str]:
    return {issue.check: issue.message for issue in chapter.issues}


HIDDEN = {
    "mode 3": text(before=b"3 Tr"),
    "mode 7": text(before=b"7 Tr"),
    "clipped away": text(before=b"300 600 50 50 re W n"),
    "clipped by two areas": text(before=b"0 480 90 90 re W n 95 480 90 90 re W* n"),
    "transparent": text(before=b"/Clear gs"),
    "layer off": b"/OC /Off BDC " + text() + b"EMC\n",
    "within a layer that is off": b"/OC /Off BDC /Span BMC " + text() + b"EMC EMC\n",
    "all layers must be on": b"/OC /AllOn BDC " + text() + b"EMC\n",
    "covered by paper": text() + b"1 g 60 480 100 40 re f 0 g\n",
    "covered by a box": text() + b"0 0 1 rg 60 480 100 40 re f 0 g\n",
    "no ink": text(before=b"/Ink cs 0 scn"),
    "white ink": text(before=b"/Chalk cs 1 scn"),
    "white in Lab": text(before=b"/Lab cs 100 0 0 scn"),
    "white in a table": text(before=b"/Table cs 0 scn"),
    "white by a profile": text(before=b"/Icc cs 1 1 1 scn"),
    "outside the page": b"BT /F1 11 Tf 700 500 Td (sea) Tj ET\n",
}
SHOWN = {
    "mode 1": text(before=b"1 Tr"),
    "mode 7, painted through": text(before=b"7 Tr").replace(b"ET Q", b"ET 60 480 100 40 re f Q"),
    "inside the clip": text(before=b"60 480 100 40 re W n"),
    "after the clip": b"q 300 600 50 50 re W n Q " + text(),
    "faint": text(before=b"/Faint gs"),
    "only lines transparent": text(before=b"/Bare gs"),
    "layer on": b"/OC /On BDC " + text() + b"EMC\n",
    "after a layer that is off": b"/OC /Off BDC /Span BMC EMC EMC " + text(),
    "one layer on": b"/OC /AnyOn BDC " + text() + b"EMC\n",
    "a layer off as it should be": b"/OC /AnyOff BDC " + text() + b"EMC\n",
    "an expression": b"/OC /Rule BDC " + text() + b"EMC\n",
    "painted on a box": b"0.9 g 60 480 100 40 re f 0 g " + text(),
    "covered by a transparent box": text() + b"q /Clear gs 1 g 60 480 100 40 re f Q\n",
    "struck through": text() + b"60 502 100 1 re f\n",
    "full ink": text(before=b"/Ink cs 1 scn"),
    "black in Lab": text(before=b"/Lab cs 0 0 0 scn"),
    "black in a table": text(before=b"/Table cs 1 scn"),
    "a pattern": text(before=b"/Tiles cs /P0 scn"),
}


class TestHidden:
    @pytest.mark.parametrize("name", HIDDEN)
    def test_text_that_no_viewer_shows_is_left_out_and_named(self, name: str, tmp_path: Path) -> None:
        chapter = read(tmp_path, SEEN + HIDDEN[name] + SEEN.replace(b"700", b"300"), resources=f"{RESOURCES} {SPACES}")
        assert words(chapter) == "Amber is found here. Amber is found here."
        assert findings(chapter) == {"hidden_text": "invisible text was left out: 'sea'"}
        assert "sea" in chapter.pages[0].left_out

    @pytest.mark.parametrize("name", SHOWN)
    def test_text_that_a_viewer_shows_stays(self, name: str, tmp_path: Path) -> None:
        chapter = read(tmp_path, SEEN + SHOWN[name], resources=f"{RESOURCES} {SPACES}")
        assert words(chapter) == "Amber is found here. sea"
        assert findings(chapter) == {}

    def test_a_scan_with_its_text_below_the_picture_is_read(self, tmp_path: Path) -> None:
        assert words(read(tmp_path, b"3 Tr " + SEEN)) == "Amber is found here."

    def test_a_glyph_that_draws_nothing(self, tmp_path: Path) -> None:
        stream = SEEN + text(b"(BAB) Tj", font=b"/F9 20 Tf")
        chapter = read(tmp_path, stream, fonts={**FONTS, "F9": DRAWN})
        assert len(findings(chapter)["hidden_text"]) == len("invisible text was left out: 'A'")

    def test_a_form_on_a_layer_that_is_off(self, tmp_path: Path) -> None:
        forms = {"X1": ("/BBox [0 0 612 792] /OC 80 0 R /Resources 4 0 R", text())}
        chapter = read(tmp_path, SEEN + b"/X1 Do", forms=forms)
        assert words(chapter) == "Amber is found here."
        assert "hidden_text" in findings(chapter)

    def test_rules_on_a_layer_that_is_off_are_no_rules(self, tmp_path: Path) -> None:
        stream = b"/OC /Off BDC 54 400 504 1 re f EMC 54 300 504 1 re f " + SEEN
        data = document(stream, resources=RESOURCES, catalog=CATALOG, objects=OBJECTS)
        (content,) = Pages(data.getvalue(), "drawn.pdf")
        assert [round(rule.top) for rule in read_marks(content).rules] == [491]


class TestTurned:
    def test_a_stamp_in_the_margin_and_a_watermark_are_left_out_and_named(self, tmp_path: Path) -> None:
        stamp = b"BT /F1 7 Tf 0 1 -1 0 20 300 Tm (taken by reader 4711) Tj ET\n"
        mark = b"BT /F1 90 Tf 0.7 0.7 -0.7 0.7 150 300 Tm (DRAFT) Tj ET\n"
        chapter = read(tmp_path, mark + SEEN * 9 + stamp)
        assert "DRAFT" not in words(chapter)
        message = findings(chapter)["turned_text"]
        assert message == "text that does not run from left to right was left out: 'DRAFTtaken by reader 4711'"

    def test_a_page_that_is_turned_as_a_whole_is_an_error(self, tmp_path: Path) -> None:
        chapter = read(tmp_path, SEEN.replace(b"72 700 Td", b"0 1 -1 0 300 300 Tm"))
        assert "page_turned" in findings(chapter)
        assert words(chapter)

    def test_slanted_letters_are_not_turned(self, tmp_path: Path) -> None:
        assert words(read(tmp_path, SEEN.replace(b"72 700 Td", b"1 0 0.3 1 72 700 Tm"))) == "Amber is found here."

    def test_a_landscape_page_that_is_shown_upright_is_read(self, tmp_path: Path) -> None:
        turned = SEEN.replace(b"72 700 Td", b"0 1 -1 0 300 300 Tm")
        chapter = read(tmp_path, turned, page="/MediaBox [0 0 612 792] /Rotate 90")
        assert words(chapter) == "Amber is found here."
        assert "page_turned" not in findings(chapter)


class TestDoubled:
    def test_letters_painted_twice_at_one_place_count_once(self, tmp_path: Path) -> None:
        again = SEEN.replace(b"72 700", b"72.25 700.1")
        chapter = read(tmp_path, SEEN + again)
        assert words(chapter) == "Amber is found here."
        assert findings(chapter)["doubled_letters"].startswith("17 letters")

    def test_pieces_painted_in_another_order(self, tmp_path: Path) -> None:
        whole = b"BT /F1 11 Tf 72 700 Td (AB CD) Tj ET\n"
        pieces = b"BT /F1 11 Tf 72 700 Td (A) Tj (B C) Tj (D) Tj ET\n"
        assert words(read(tmp_path, pieces + whole)) == "AB CD"

    def test_two_letters_beside_each_other_stay(self, tmp_path: Path) -> None:
        narrow = b"BT /F1 4 Tf 72 700 Td (ill all 00 ...) Tj ET\n"
        assert words(read(tmp_path, narrow + SEEN.replace(b"700", b"600"))).startswith("ill all 00 ...")


NOTE = "<< /Type /Annot /Subtype /FreeText /Rect [70 490 120 515] {} >>"


class TestAnnotations:
    @pytest.mark.parametrize(
        ("entries", "shown"),
        [
            (NOTE.format("/Contents (16 boats)"), "16 boats"),
            (NOTE.format("/Contents (a comment) /AP << /N 86 0 R >>"), "17 boats"),
            (NOTE.format("/AP << /N 86 0 R >>").replace("FreeText", "Stamp"), "17 boats"),
            ("<< /Type /Annot /Subtype /Widget /FT /Tx /V (18 boats) /Rect [70 490 120 515] >>", "18 boats"),
        ],
    )
    def test_what_an_annotation_shows_is_named(self, entries: str, shown: str, tmp_path: Path) -> None:
        chapter = self.read(tmp_path, entries)
        (issue,) = [issue for issue in chapter.issues if issue.check == "annotation_text"]
        assert (issue.severity, issue.where.page, issue.where.bbox) == ("warning", 1, (70.0, 277.0, 120.0, 302.0))
        assert repr(shown) in issue.message
        assert words(chapter) == "Amber is found here."

    @pytest.mark.parametrize(
        "entries",
        [
            "<< /Type /Annot /Subtype /Link /Rect [70 490 120 515] /Contents (an address) >>",
            "<< /Type /Annot /Subtype /Text /Rect [70 490 120 515] /Contents (a comment) >>",
            "<< /Type /Annot /Subtype /Highlight /Rect [70 490 120 515] /Contents (a comment) >>",
            "<< /Type /Annot /Subtype /Widget /FT /Btn /V /Off /Rect [70 490 120 515] >>",
            NOTE.format("/F 2 /Contents (hidden)"),
            NOTE.format("/OC 80 0 R /Contents (off)"),
            "<< /Type /Annot /Subtype /FreeText /Rect 5 /Contents (broken) >>",
            "null",
        ],
    )
    def test_one_that_shows_no_text_is_not(self, entries: str, tmp_path: Path) -> None:
        assert "annotation_text" not in findings(self.read(tmp_path, entries))

    def read(self, folder: Path, entries: str) -> Chapter:
        drawing = stream_object(
            "/Type /XObject /Subtype /Form /BBox [0 0 50 25] /Resources << /Font << /F1 87 0 R >> >>",
            b"BT /F1 10 Tf 2 5 Td (17 boats) Tj ET",
        )
        objects = {**OBJECTS, 86: drawing, 87: FONTS["F1"].encode()}
        return read(folder, SEEN, page=f"/MediaBox [0 0 612 792] /Annots [{entries}]", objects=objects)
