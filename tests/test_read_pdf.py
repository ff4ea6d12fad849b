"""What the PDF reader sees on pages that are drawn here, each to ask one question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from extractors.model import Chapter, Grid, Line, Style, UnreadableSource
from extractors.readers import read_chapter
from extractors.readers.marks import clean
from extractors.readers.pdf import pdf_time
from extractors.readers.visibility import is_white
from tests.generator.type import BOLD, DINGBATS, ITALIC, LEFT, PAGE_HEIGHT, PLAIN, RIGHT, Face, Sheet, draw_sheet

TEXT = Face(PLAIN, 11, 13.5)
CELL = Face(PLAIN, 9, 10.5)
STRONG = Face(BOLD, 11, 13.5)
SLANTED = Face(ITALIC, 12, 13.8)
ENTRY = Face(PLAIN, 7.6, 9.0)
GREY = 0.85
WIDE = "The words of this line reach as far to the right as the page's running text is wide and"

Draw = Callable[[Sheet], object]
Read = Callable[[Draw], Chapter]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Draw a PDF and read it."""
    return lambda draw: read_chapter(draw_sheet(tmp_path / "drawn.pdf", draw))


def rows_and_rules(
    sheet: Sheet, top: float, edges: Sequence[float], rows: Sequence[Sequence[str | None]], polygon: bool = False
) -> float:
    """Draw the cells of a table, and a rule below each one that does not reach down; return where the table ends."""
    for i, row in enumerate(rows):
        for text, left, right in zip(row, edges, edges[1:], strict=False):
            for j, part in enumerate((text or "").split("\n")):
                sheet.write(left + 4, top + 3 + 10.5 * j, part, CELL)
            ends = i + 1 == len(rows) or rows[i + 1][list(edges).index(left)] is not None
            if ends:
                sheet.rule(left, right, top + 30, polygon)
        top += 30
    return top


def header_boxes(sheet: Sheet, top: float, edges: Sequence[float], texts: Sequence[str], grey: float = GREY) -> float:
    """Draw a table's header: boxes that touch, with a text in each; return where the header ends."""
    for text, left, right in zip(texts, edges, edges[1:], strict=False):
        sheet.box(left, top, right, top + 18, grey)
        sheet.write(left + 4, top + 4, text, CELL, 0.0 if grey > 0.5 else 1.0)
    return top + 18


def lines(chapter: Chapter, zone: str = "body") -> list[Line]:
    return [b for b in chapter.blocks if isinstance(b, Line) and b.zone == zone]


def texts(chapter: Chapter, zone: str = "body") -> list[str]:
    return [line.text for line in lines(chapter, zone)]


def grids(chapter: Chapter) -> list[tuple[list[str], list[list[str | None]]]]:
    return [
        ([c.text for c in b.header], [[c.text if c is not None else None for c in row] for row in b.rows])
        for b in chapter.blocks
        if isinstance(b, Grid)
    ]


class TestHiddenText:
    def test_white_text_is_left_out_and_said(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 200, "Plain words.", TEXT)
            sheet.write(LEFT, 220, "Unseen words.", TEXT, 1.0)

        chapter = read(draw)
        assert texts(chapter) == ["Plain words."]
        (issue,) = chapter.issues
        assert (issue.check, issue.where.page) == ("hidden_text", 1)
        assert "Unseenwords." in issue.message

    def test_white_text_on_a_dark_box_is_seen(self, read: Read) -> None:
        edges = (LEFT, 300.0, RIGHT)

        def draw(sheet: Sheet) -> None:
            floor = header_boxes(sheet, 200, edges, ("Policy", "Description"), 0.2)
            rows_and_rules(sheet, floor, edges, [("Plan", "Aims.")])

        chapter = read(draw)
        assert grids(chapter) == [(["Policy", "Description"], [["Plan", "Aims."]])]
        assert not chapter.issues

    def test_a_white_label_that_sticks_out_of_its_slice_is_seen_whole(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.disc(200, 300, 40, 0.3)
            sheet.write(155, 294, "Services", TEXT, 1.0)

        chapter = read(draw)
        assert texts(chapter) == ["Services"]

    def test_white_text_straight_after_a_white_header_is_hidden_all_the_same(self, read: Read) -> None:
        edges = (LEFT, 300.0, RIGHT)

        def draw(sheet: Sheet) -> None:
            floor = header_boxes(sheet, 200, edges, ("Standard", "Age"), 0.2)
            sheet.write(304, floor + 3, "N/A", CELL, 1.0)
            rows_and_rules(sheet, floor, edges, [("Free Education", "")])

        chapter = read(draw)
        assert grids(chapter) == [(["Standard", "Age"], [["Free Education", ""]])]
        assert len(chapter.issues) == 1

    def test_text_outside_the_visible_page_is_left_out(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.canvas.setCropBox((40, 100, 560, 700))
            sheet.write(60, 300, "Inside.", TEXT)
            sheet.write(60, 40, "Printer's mark.", TEXT)
            sheet.write(566, 300, "Aside.", TEXT)

        chapter = read(draw)
        assert [line.text for line in chapter.lines()] == ["Inside."]
        assert "Printer'smark." in chapter.issues[0].message

    @pytest.mark.parametrize(
        ("color", "white"),
        [
            ((1,), True),
            (1.0, True),
            ((0.98, 0.99, 1), True),
            ((0, 0, 0, 0), True),
            ((0.9, 0.9, 0.9), False),
            ((0, 0, 0, 1), False),
            ((1, 1, 1, 1), False),
            (None, False),
            ("P1", False),
            ((), False),
        ],
    )
    def test_white_in_every_colour_space(self, color: object, white: bool) -> None:
        assert is_white(color) is white


class TestWords:
    def test_a_blank_counts_even_where_kerning_closes_it(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 200, "Labor. ", TEXT)
            sheet.write(LEFT + TEXT.width("Labor."), 200, "April was warm.", TEXT)

        assert texts(read(draw)) == ["Labor. April was warm."]

    def test_letters_set_close_are_one_word_and_a_gap_parts_two(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 200, "in", TEXT)
            sheet.write(LEFT + TEXT.width("in") - 0.4, 200, "spect", TEXT)
            sheet.write(LEFT + TEXT.width("inspect") + 3.0, 200, "mines", TEXT)

        assert texts(read(draw)) == ["inspect mines"]

    def test_a_raised_marker_stays_on_its_line(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 200, "Herding goats† and fishing", TEXT, raised=True)
            sheet.write(LEFT, 200 + TEXT.lead, "for eels", TEXT)

        assert texts(read(draw)) == ["Herding goats† and fishing", "for eels"]

    def test_the_dingbat_n_is_a_bullet(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.canvas.setFont(DINGBATS, 8)
            sheet.canvas.drawString(LEFT, PAGE_HEIGHT - 210, "n")
            sheet.write(LEFT + 12, 201, "no more", TEXT)

        assert texts(read(draw)) == ["■ no more"]

    @pytest.mark.parametrize(
        ("glyph", "letters"), [("ﬁ", "fi"), ("ﬃ", "ffi"), ("\u00a0", " "), ("\u200f", ""), ("é", "é"), ("½", "½")]
    )
    def test_glyphs_that_are_more_or_less_than_a_letter(self, glyph: str, letters: str) -> None:
        assert clean(glyph) == letters

    def test_weight_slant_size_and_place_are_kept(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 200, "A heading", STRONG)
            sheet.write(LEFT + 20, 230, "slanted words", SLANTED)

        first, second = lines(read(draw))
        assert (first.style, first.indent) == (Style(11.0, bold=True), 0.0)
        assert (second.style, second.indent) == (Style(12.0, italic=True), 20.0)
        assert first.where.page == 1
        assert first.where.bbox == pytest.approx((54, 200, 54 + STRONG.width("A heading"), 211), abs=2)
        assert (first.number, second.number) == (1, 2)


class TestTables:
    EDGES = (LEFT, 180.0, 300.0, RIGHT)
    HEAD = ("Standard", "Status", "Legislation")
    ROWS = (("First", "Yes", "Code of\nWork"), ("Second", "No", ""))

    @pytest.mark.parametrize("polygon", [True, False])
    def test_header_boxes_make_columns_and_rules_make_rows(self, read: Read, polygon: bool) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 180, "Above.", TEXT)
            floor = header_boxes(sheet, 200, self.EDGES, self.HEAD)
            sheet.write(LEFT, rows_and_rules(sheet, floor, self.EDGES, self.ROWS, polygon) + 8, "Below.", TEXT)

        chapter = read(draw)
        assert grids(chapter) == [(list(self.HEAD), [["First", "Yes", "Code of Work"], ["Second", "No", ""]])]
        assert [type(block) for block in chapter.blocks] == [Line, Grid, Line]
        (grid,) = (block for block in chapter.blocks if isinstance(block, Grid))
        assert grid.where.bbox == pytest.approx((LEFT, 200, RIGHT, 278), abs=1)
        numbers = [line.number for line in chapter.lines()]
        assert sorted(numbers) == list(range(1, 12))
        assert (numbers[0], numbers[-1]) == (1, 11)

    def test_a_box_painted_twice_is_one_column(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            header_boxes(sheet, 200, self.EDGES, ("", "", ""), 0.9)
            floor = header_boxes(sheet, 200, self.EDGES, self.HEAD)
            rows_and_rules(sheet, floor, self.EDGES, self.ROWS)

        ((header, rows),) = grids(read(draw))
        assert (header, len(rows)) == (list(self.HEAD), 2)

    def test_a_white_box_behind_a_cell_is_no_header(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            floor = header_boxes(sheet, 200, self.EDGES, self.HEAD)
            sheet.box(LEFT, floor + 2, 180, floor + 28, 1.0)
            rows_and_rules(sheet, floor, self.EDGES, self.ROWS)

        assert len(grids(read(draw))) == 1

    def test_boxes_without_rules_below_are_no_table(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.rule(LEFT, RIGHT, 180, False)
            header_boxes(sheet, 200, self.EDGES, self.HEAD)

        chapter = read(draw)
        assert not grids(chapter)
        assert texts(chapter) == ["Standard Status Legislation"]

    def test_a_rule_that_does_not_reach_into_a_column_leaves_one_cell(self, read: Read) -> None:
        rows = (("First", "Yes", "For both"), ("Second", "No", None), ("Third", "No", "Alone"))

        def draw(sheet: Sheet) -> None:
            rows_and_rules(sheet, header_boxes(sheet, 200, self.EDGES, self.HEAD), self.EDGES, rows)

        assert grids(read(draw))[0][1] == [list(row) for row in rows]

    def test_the_cell_beside_several_rows_takes_words_from_any_height(self, read: Read) -> None:
        rows = (("Industry", "Yes", "a"), (None, "No", "b"), (None, "Yes", "c"))

        def draw(sheet: Sheet) -> None:
            floor = header_boxes(sheet, 200, self.EDGES, self.HEAD)
            sheet.write(LEFT + 4, floor + 50, "and trade", CELL)
            rows_and_rules(sheet, floor, self.EDGES, rows)

        first, *below = grids(read(draw))[0][1]
        assert first[0] == "Industry and trade"
        assert [row[0] for row in below] == [None, None]

    def test_a_head_over_two_heads_is_read_with_both(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            header_boxes(sheet, 182, (180.0, RIGHT), ("Percent",))
            floor = header_boxes(sheet, 200, self.EDGES, ("Children", "Upland", "Lowland"))
            rows_and_rules(sheet, floor, self.EDGES, [("Working", "4.1", "7.3")])

        chapter = read(draw)
        assert grids(chapter) == [(["Children", "Percent Upland", "Percent Lowland"], [["Working", "4.1", "7.3"]])]
        assert not texts(chapter)

    def test_a_band_over_a_whole_header_is_a_line_above_the_table(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.box(LEFT, 182, RIGHT, 200, 0.6)
            sheet.write(LEFT + 100, 186, "UPLAND", STRONG)
            floor = header_boxes(sheet, 200, self.EDGES, self.HEAD)
            rows_and_rules(sheet, floor, self.EDGES, self.ROWS)

        chapter = read(draw)
        band, grid = chapter.blocks
        assert isinstance(band, Line) and band.style and (band.text, band.style.bold) == ("UPLAND", True)
        assert isinstance(grid, Grid) and [cell.text for cell in grid.header] == list(self.HEAD)

    def test_two_tables_below_each_other_keep_their_rows(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            end = rows_and_rules(sheet, header_boxes(sheet, 200, self.EDGES, self.HEAD), self.EDGES, self.ROWS)
            edges = (LEFT, 250.0, RIGHT)
            rows_and_rules(sheet, header_boxes(sheet, end + 40, edges, ("Body", "Role")), edges, [("Council", "Sits.")])

        first, second = grids(read(draw))
        assert len(first[1]) == 2
        assert second == (["Body", "Role"], [["Council", "Sits."]])

    def test_a_table_goes_on_on_the_next_page(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            for row in self.ROWS:
                rows_and_rules(sheet, header_boxes(sheet, 200, self.EDGES, self.HEAD), self.EDGES, [row])
                sheet.next_page()
            sheet.write(LEFT, 200, "The end.", TEXT)

        chapter = read(draw)
        assert [rows for _, rows in grids(chapter)] == [[["First", "Yes", "Code of Work"]], [["Second", "No", ""]]]
        assert [block.where.page for block in chapter.blocks] == [1, 2, 3]

    def test_an_underlined_address_below_is_no_rule_of_the_table(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            end = rows_and_rules(sheet, header_boxes(sheet, 200, self.EDGES, self.HEAD), self.EDGES, self.ROWS)
            sheet.write(LEFT, end + 40, "http://arvenia.example/office/of/work/papers", CELL)
            sheet.stroke(LEFT, LEFT + CELL.width("http://arvenia.example/office/of/work/papers"), end + 50)
            sheet.write(LEFT, end + 70, "http://arvenia.example/works", CELL)
            sheet.stroke(LEFT, 180, end + 80)  # as wide as the first column

        chapter = read(draw)
        assert len(grids(chapter)[0][1]) == 2
        assert texts(chapter) == ["http://arvenia.example/office/of/work/papers", "http://arvenia.example/works"]

    @pytest.mark.parametrize("glyph", [True, False])
    def test_a_tick_is_a_tick_whether_glyph_or_drawing(self, read: Read, glyph: bool) -> None:
        def draw(sheet: Sheet) -> None:
            floor = header_boxes(sheet, 200, self.EDGES, ("Convention", "Ratification", ""))
            rows_and_rules(sheet, floor, self.EDGES, [("C. 1", "", ""), ("C. 2", "", "")])
            sheet.sign(240, floor + 15, "✓", glyph)

        assert [row[1] for row in grids(read(draw))[0][1]] == ["✓", ""]

    def test_an_emblem_of_many_strokes_is_no_tick(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            floor = header_boxes(sheet, 200, self.EDGES, ("", "Convention", "Ratification"))
            rows_and_rules(sheet, floor, self.EDGES, [("", "C. 1", "")])
            for x in (100, 104, 108):
                sheet.disc(x, floor + 15, 4, 0.3)

        assert grids(read(draw))[0][1] == [["", "C. 1", ""]]


class TestThePage:
    def test_heads_and_feet_are_no_text(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 19, "Arvenia", Face(PLAIN, 26, 30))
            sheet.write(LEFT, 57, "NO ADVANCEMENT", STRONG)
            sheet.write(LEFT, 200, "Words.", TEXT)
            sheet.write(LEFT, 757, "2031 FINDINGS", CELL)

        chapter = read(draw)
        assert texts(chapter, "head") == ["Arvenia", "NO ADVANCEMENT"]
        assert texts(chapter) == ["Words."]
        assert texts(chapter, "foot") == ["2031 FINDINGS"]

    def test_a_gap_parts_paragraphs(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            for top, text in ((200, "One"), (213.5, "and one."), (236, "Two.")):
                sheet.write(LEFT, top, text, TEXT)

        assert [line.gap for line in lines(read(draw))] == [True, False, True]

    @pytest.mark.parametrize(("last", "goes_on"), [(WIDE, True), ("A short line.", False)])
    def test_a_paragraph_goes_on_over_the_page_where_its_next_word_had_no_room(
        self, read: Read, last: str, goes_on: bool
    ) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 700, WIDE, TEXT)
            sheet.write(LEFT, 713.5, last, TEXT)
            sheet.next_page()
            sheet.write(LEFT, 90, "inspectors work there.", TEXT)

        assert lines(read(draw))[-1].gap is not goes_on

    def test_the_two_columns_of_the_references_are_read_one_after_the_other(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 150, "Text before.", TEXT)
            sheet.write(LEFT, 200, "REFERENCES", STRONG)
            for i, (x, text) in enumerate(((LEFT, "1."), (LEFT + 18, "A. Left."), (LEFT + 18, "2030."))):
                sheet.write(x, 220 + 9 * max(0, i - 1), text, ENTRY)
            for x, text in ((317.0, "2."), (335.0, "B. Right.")):
                sheet.write(x, 202, text, ENTRY)
            sheet.next_page()
            sheet.write(LEFT + 18, 100, "of page 1.", ENTRY)
            sheet.write(317.0, 100, "3. C.", ENTRY)

        chapter = read(draw)
        assert texts(chapter) == ["Text before."]
        wanted = ["REFERENCES", "1. A. Left.", "2030.", "2. B. Right.", "of page 1.", "3. C."]
        assert texts(chapter, "column") == wanted
        assert [line.indent for line in lines(chapter, "column")] == [0, 0, 18, 0, 18, 0]

    def test_a_sentence_about_references_opens_no_columns(self, read: Read) -> None:
        chapter = read(lambda sheet: sheet.write(LEFT, 200, "References to ages differ in the laws of the land.", TEXT))
        assert len(texts(chapter)) == 1

    def test_the_figure_is_taken_out_of_the_lines_beside_it(self, read: Read) -> None:
        edges = (LEFT, 200.0, 300.0)

        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 150, "Table 1. Statistics", STRONG)
            sheet.write(350, 150, "Figure 1. Work by Sector", STRONG)
            floor = header_boxes(sheet, 170, edges, ("Children", "Percent"))
            rows_and_rules(sheet, floor, edges, [("Working", "12.1"), ("School", "90.2")])
            sheet.write(360, 192, "Services", CELL)
            sheet.write(500, 192, "Agriculture", CELL)
            sheet.write(360, 203, "20.1%", CELL)
            sheet.write(500, 203, "79.9%", CELL)
            sheet.write(LEFT, 255, "Source of the numbers.", ENTRY)
            sheet.write(LEFT, 300, WIDE, TEXT)

        chapter = read(draw)
        assert texts(chapter) == ["Table 1. Statistics", "Source of the numbers.", WIDE]
        assert grids(chapter) == [(["Children", "Percent"], [["Working", "12.1"], ["School", "90.2"]])]
        assert texts(chapter, "figure") == ["Figure 1. Work by Sector", "Services", "Agriculture", "20.1%", "79.9%"]

    def test_a_figure_named_in_a_sentence_is_none(self, read: Read) -> None:
        chapter = read(lambda sheet: sheet.write(LEFT, 200, "Work is shown in Figure 1 by sector.", TEXT))
        assert texts(chapter) == ["Work is shown in Figure 1 by sector."]

    def test_the_labels_of_the_map_are_no_part_of_the_summary(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            for i, text in enumerate(("The summary of the chapter", "stands beside the map of", "the country.")):
                sheet.write(LEFT, 150 + i * SLANTED.lead, text, SLANTED)
            sheet.write(420, 150, "Northport", CELL)
            sheet.write(430, 150 + 2 * SLANTED.lead, "Sea of Vorm", CELL)

        chapter = read(draw)
        assert texts(chapter) == ["The summary of the chapter", "stands beside the map of", "the country."]
        assert texts(chapter, "figure") == ["Northport", "Sea of Vorm"]

    def test_a_map_label_printed_over_the_summary_is_lifted_off(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 150, "The summary of the chapter", SLANTED)
            sheet.write(LEFT + 60, 151, "Northport", CELL)

        chapter = read(draw)
        assert texts(chapter) == ["The summary of the chapter"]
        assert texts(chapter, "figure") == ["Northport"]

    def test_a_map_label_beside_upright_text_is_no_part_of_it(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.write(LEFT, 150, "The summary of the chapter", SLANTED)
            sheet.write(420, 150, "Northport", CELL)
            sheet.write(LEFT, 180, "Children of Arvenia mend nets", TEXT)
            sheet.write(420, 180, "Sea of Vorm", STRONG)

        chapter = read(draw)
        assert texts(chapter) == ["The summary of the chapter", "Children of Arvenia mend nets"]
        assert texts(chapter, "figure") == ["Northport", "Sea of Vorm"]


class TestTheFile:
    def test_what_is_recorded_of_it(self, read: Read, tmp_path: Path) -> None:
        chapter = read(lambda sheet: sheet.write(LEFT, 200, "Words.", TEXT))
        source = chapter.source
        assert (source.path, source.format, source.page_count) == ("drawn.pdf", "pdf", 1)
        assert len(source.sha256) == 64
        assert source.released.startswith("2000-01-01T00:00:00")

    @pytest.mark.parametrize(
        ("stamp", "iso"),
        [
            ("D:20190924142218-04'00'", "2019-09-24T14:22:18-04:00"),
            ("D:20310101000000Z", "2031-01-01T00:00:00+00:00"),
            ("D:20310101000000", "2031-01-01T00:00:00"),
            ("D:2021", "2021-01-01T00:00:00"),
            ("D:202103", "2021-03-01T00:00:00"),
            ("D:20210301", "2021-03-01T00:00:00"),
            ("20210301", "2021-03-01T00:00:00"),
            ("D:202103011200", "2021-03-01T12:00:00"),
            ("D:20210301120000Z00'00'", "2021-03-01T12:00:00+00:00"),
            ("D:20210301120000+01", "2021-03-01T12:00:00+01:00"),
            ("D:202", ""),
            ("yesterday", ""),
            ("", ""),
        ],
    )
    def test_its_date(self, stamp: str, iso: str) -> None:
        assert pdf_time(stamp) == iso

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("nothing", "is empty"),
            ("web page", "is not a PDF"),
            ("half", "is cut short"),
            ("locked", "needs a password"),
            ("picture", "holds no text"),
            ("shell", "no page can be opened"),
        ],
    )
    def test_a_bad_file_says_why(self, tmp_path: Path, name: str, reason: str) -> None:
        path = tmp_path / "bad.pdf"
        path.write_bytes(bad_file(name, tmp_path))
        with pytest.raises(UnreadableSource, match=reason) as error:
            read_chapter(path, "folder/bad.pdf")
        assert error.value.path == "folder/bad.pdf"

    def test_a_file_locked_against_changes_only_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "owner.pdf"
        canvas = Canvas(str(path), encrypt=StandardEncryption("", ownerPassword="arvenia"))
        canvas.drawString(72, 500, "Open words.")
        canvas.save()
        assert texts(read_chapter(path, "owner.pdf")) == ["Open words."]


def bad_file(name: str, folder: Path) -> bytes:
    if name == "nothing":
        return b""
    if name == "web page":
        return b"<!DOCTYPE html><title>Gone</title>"
    if name == "shell":
        return b"%PDF-1.7\nnothing inside\n%%EOF\n"
    path = folder / "made.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption("arvenia") if name == "locked" else None)
    if name == "picture":
        canvas.rect(72, 300, 200, 200, fill=1)
    else:
        canvas.drawString(72, 500, "Words.")
    canvas.save()
    whole = path.read_bytes()
    return whole[: len(whole) // 2] if name == "half" else whole
