"""Tables on pages whose rules or header boxes are missing or misplaced. All words are invented."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from extractors.chapter.segment import TablePiece
from extractors.chapter.tables import assemble
from extractors.model import Cell, Chapter, Grid, Issue, Line, Where
from extractors.readers import read_chapter
from tests.generator.type import BOLD, LEFT, PLAIN, RIGHT, Face, Sheet, draw_sheet

TEXT = Face(PLAIN, 11, 13.5)
CELL = Face(PLAIN, 9, 10.0)
HEAD = Face(BOLD, 9, 10.0)
GREY = 0.85
PAD = 3.0  # points between a rule and the words next to it
EDGES = (LEFT, 180.0, 460.0, RIGHT)
HEADER = ("Body", "Role", "Year")
ROWS = (
    ("Ministry of\nEels", "Counts the eels of\nevery river and pond,\nand of the sea", "2015"),
    ("Board of Nets", "Mends the nets", "2016"),
    ("Council on\nBoats", "Paints the boats and\nlends them to the poor", "2017"),
    ("Harbor Police", "Watches over the\nharbor at night", "2018"),
)
RUNNING = "The Government has painted many boats and counted the eels of every river in the whole country again"

Read = Callable[[Callable[[Sheet], object]], Chapter]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Draw a PDF and read it."""
    return lambda draw: read_chapter(draw_sheet(tmp_path / "drawn.pdf", draw))


class Table:
    """A table with a rule piece in each column below each row; ``at`` are the heights of the rules, the floor first."""

    def __init__(self, top: float, rows: Sequence[Sequence[str]] = ROWS, edges: Sequence[float] = EDGES) -> None:
        self.edges, self.rows, self.top = edges, rows, top
        self.at = [top + 16]
        for row in rows:
            self.at.append(self.at[-1] + 2 * PAD + CELL.lead * max(text.count("\n") + 1 for text in row) - 1)
        self.rules = [(y, left, right) for y in self.at[1:] for left, right in itertools.pairwise(edges)]

    def write(self, sheet: Sheet) -> None:
        for row, top in zip(self.rows, self.at, strict=False):
            for text, left in zip(row, self.edges, strict=False):
                for number, line in enumerate(text.split("\n")):
                    sheet.write(left + 4, top + PAD + CELL.lead * number, line, CELL)

    def header(self, sheet: Sheet, boxes: Sequence[int] = (0, 1, 2), words: Sequence[str] = HEADER) -> None:
        for number, text in enumerate(words):
            if number in boxes:
                sheet.box(self.edges[number], self.top, self.edges[number + 1], self.at[0], GREY)
            sheet.write(self.edges[number] + 4, self.top + 4, text, HEAD)

    def draw(self, sheet: Sheet, boxes: Sequence[int] = (0, 1, 2), words: Sequence[str] = HEADER) -> None:
        self.header(sheet, boxes, words)
        self.body(sheet)

    def body(self, sheet: Sheet) -> None:
        self.write(sheet)
        for y, left, right in self.rules:
            sheet.rule(left, right, y, False)

    def without(self, keep: Callable[[float, float], bool]) -> Table:
        """Leave out the rules for which ``keep`` (height, left end) is false."""
        self.rules = [rule for rule in self.rules if keep(rule[0], rule[1])]
        return self

    def moved(self, row: int, by: float) -> Table:
        """Move the rules below a row down by so many points."""
        self.rules = [(y + by if y == self.at[row + 1] else y, left, right) for y, left, right in self.rules]
        return self


def cells(rows: Sequence[Sequence[str]] = ROWS) -> list[list[str | None]]:
    return [[text.replace("\n", " ") for text in row] for row in rows]


def grids(chapter: Chapter) -> list[tuple[list[str], list[list[str | None]]]]:
    """The headers and rows of the grids, without empty rows."""
    return [
        (
            [c.text for c in b.header],
            [[c.text if c is not None else None for c in row] for row in b.rows if any(c and c.lines for c in row)],
        )
        for b in chapter.blocks
        if isinstance(b, Grid)
    ]


def texts(chapter: Chapter) -> list[str]:
    return [b.text for b in chapter.blocks if isinstance(b, Line)]


def errors(chapter: Chapter) -> list[Issue]:
    return [issue for issue in chapter.issues if issue.severity == "error"]


WHOLE = [(list(HEADER), cells())]


class TestRows:
    """White space and rules together decide what a row is."""

    def test_a_table_with_all_its_rules(self, read: Read) -> None:
        assert grids(read(Table(200).draw)) == WHOLE

    @pytest.mark.parametrize("row", range(len(ROWS)))
    def test_all_rules_below_a_row_are_missing(self, read: Read, row: int) -> None:
        table = Table(200)
        assert grids(read(table.without(lambda y, _: y != table.at[row + 1]).draw)) == WHOLE

    @pytest.mark.parametrize("column", range(len(HEADER)))
    @pytest.mark.parametrize("row", range(len(ROWS) - 1))
    def test_a_piece_of_a_rule_is_missing(self, read: Read, row: int, column: int) -> None:
        table = Table(200)
        assert grids(read(table.without(lambda y, x: (y, x) != (table.at[row + 1], EDGES[column])).draw)) == WHOLE

    @pytest.mark.parametrize("by", [-11.0, -6.0, 6.0, 11.0])
    @pytest.mark.parametrize("row", range(len(ROWS)))
    def test_rules_are_moved_into_a_row(self, read: Read, row: int, by: float) -> None:
        assert grids(read(Table(200).moved(row, by).draw)) == WHOLE

    @pytest.mark.parametrize("row", [0, 2])
    def test_a_rule_runs_through_a_row(self, read: Read, row: int) -> None:
        table = Table(200)
        table.rules.append(((table.at[row] + table.at[row + 1]) / 2, LEFT, RIGHT))
        assert grids(read(table.draw)) == WHOLE

    def test_a_cell_beside_several_rows_stays_one(self, read: Read) -> None:
        table = Table(200, [("Fishing", "Catching eels", "2015"), ("", "Mending nets", "2016"), *ROWS[2:]])
        (grid,) = grids(read(table.without(lambda y, x: (y, x) != (table.at[1], LEFT)).draw))
        assert [row[0] for row in grid[1]] == ["Fishing", None, "Council on Boats", "Harbor Police"]

    def test_two_labels_in_one_cell_are_two_cells(self, read: Read) -> None:
        rows = [("Fishing", "Catching eels", "2015"), ("", "Mending nets", "2016"), ("Farming", "Herding", "2017")]
        table = Table(200, rows)
        table.without(lambda y, x: x != LEFT or y == table.at[-1])
        (grid,) = grids(read(table.draw))
        assert [row[0] for row in grid[1]] == ["Fishing", None, "Farming"]

    def test_a_paragraph_break_in_the_text_column_is_no_row(self, read: Read) -> None:
        table = Table(200, [*ROWS[:2], ("Council", "Paints the boats.\n\n\n\nLends them.", "2017"), ROWS[3]])
        (grid,) = grids(read(table.draw))
        assert [row[0] for row in grid[1]] == ["Ministry of Eels", "Board of Nets", "Council", "Harbor Police"]

    def test_rows_set_close_keep_their_rule(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            table = Table(200)
            table.draw(sheet)
            for number, (left, text) in enumerate(zip(EDGES, ("Court", "Judges", "2019"), strict=False)):
                for line in range(2):
                    sheet.write(left + 4, table.at[-1] + PAD + 9 * line, f"{text} {line}", CELL)
                sheet.rule(left, EDGES[number + 1], table.at[-1] + PAD + 9, False)
                sheet.rule(left, EDGES[number + 1], table.at[-1] + PAD + 22, False)

        (grid,) = grids(read(draw))
        assert grid[1][-2:] == [["Court 0", "Judges 0", "2019 0"], ["Court 1", "Judges 1", "2019 1"]]


class TestEnds:
    """Where a table ends."""

    def test_a_hairline_on_the_next_header_is_no_rule_of_the_table_above(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            table = Table(150)
            table.draw(sheet)
            sheet.write(LEFT, table.at[-1] + 16, RUNNING, TEXT)
            sheet.write(LEFT, table.at[-1] + 30, RUNNING, TEXT)
            lower = Table(table.at[-1] + 60)
            lower.draw(sheet)
            for left, right in itertools.pairwise(EDGES):
                sheet.rule(left, right, lower.top, False)

        chapter = read(draw)
        assert grids(chapter) == WHOLE * 2
        assert texts(chapter) == [RUNNING] * 2

    def test_text_below_a_table_whose_last_rule_is_missing_is_no_row(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            table = Table(150)
            table.without(lambda y, _: y != table.at[-1]).draw(sheet)
            sheet.write(LEFT, table.at[-1] + 6, RUNNING, TEXT)

        chapter = read(draw)
        assert grids(chapter) == WHOLE
        assert texts(chapter) == [RUNNING]


class TestHeaders:
    """What is a header, and which columns it has."""

    @pytest.mark.parametrize("column", range(len(HEADER)))
    @pytest.mark.parametrize("row", [0, 2, 3])
    def test_a_marked_cell_is_no_header(self, read: Read, row: int, column: int) -> None:
        def draw(sheet: Sheet) -> None:
            table = Table(200)
            table.header(sheet)
            sheet.box(EDGES[column], table.at[row], EDGES[column + 1], table.at[row + 1], 0.7)
            table.body(sheet)

        assert grids(read(draw)) == WHOLE

    @pytest.mark.parametrize("row", range(len(ROWS)))
    def test_a_marked_row_is_no_header(self, read: Read, row: int) -> None:
        def draw(sheet: Sheet) -> None:
            table = Table(200)
            table.header(sheet)
            sheet.box(LEFT, table.at[row], RIGHT, table.at[row + 1], 0.7)
            table.body(sheet)

        assert grids(read(draw)) == WHOLE

    @pytest.mark.parametrize("column", range(len(HEADER)))
    def test_a_header_box_is_missing(self, read: Read, column: int) -> None:
        boxes = [other for other in range(len(HEADER)) if other != column]
        assert grids(read(lambda sheet: Table(200).draw(sheet, boxes=boxes))) == WHOLE

    def test_a_header_without_boxes(self, read: Read) -> None:
        assert grids(read(lambda sheet: Table(200).draw(sheet, boxes=[]))) == WHOLE

    def test_a_header_without_boxes_below_a_table_with_boxes(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            table = Table(150)
            table.draw(sheet)
            sheet.write(LEFT, table.at[-1] + 16, RUNNING, TEXT)
            sheet.write(LEFT, table.at[-1] + 30, RUNNING, TEXT)
            Table(table.at[-1] + 60).draw(sheet, boxes=[])

        chapter = read(draw)
        assert grids(chapter) == WHOLE * 2
        assert texts(chapter) == [RUNNING] * 2

    def test_a_header_cell_drawn_in_two_boxes_is_one_column(self, read: Read) -> None:
        rows = [
            ("Ministry", "Counts the eels of every river and every pond, and those of the whole wide sea", ""),
            ("Board", "Mends the nets of every boat and every ship, and those of the whole wide harbor", ""),
        ]
        (grid,) = grids(read(lambda sheet: Table(200, rows).draw(sheet, words=("Body", "Role", ""))))
        assert grid == (["Body", "Role"], cells([row[:2] for row in rows]))


class TestContinuations:
    """A table that goes on over the page."""

    def test_without_a_header_it_keeps_the_columns(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            Table(200).draw(sheet)
            sheet.next_page()
            Table(80).body(sheet)

        assert grids(read(draw)) == [*WHOLE, (["", "", ""], cells())]

    def test_one_row_on_the_next_page(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            Table(200).draw(sheet)
            sheet.next_page()
            Table(80, ROWS[:1]).body(sheet)

        assert grids(read(draw)) == [*WHOLE, (["", "", ""], cells(ROWS[:1]))]

    def test_below_a_repeated_caption(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            Table(200).draw(sheet)
            sheet.next_page()
            sheet.write(LEFT, 81, "Table 5. Bodies (cont)", Face(BOLD, 11, 13.5))
            Table(90).body(sheet)

        assert grids(read(draw)) == [*WHOLE, (["", "", ""], cells())]

    def test_its_rows_keep_the_columns_of_the_table(self) -> None:
        def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> TablePiece:
            def cell(text: str) -> Cell:
                return Cell((Line(1, text, Where(page=1)),) if text else ())

            body = tuple(tuple(map(cell, row)) for row in rows)
            return TablePiece("agencies", "", Grid(tuple(map(cell, header)), body, Where()), "")

        issues: list[Issue] = []
        first = grid(("Role", "Organization/Agency"), [("Counts eels.", "Ministry of Eels")])
        (table,) = assemble([first, grid(("", ""), [("Mends nets.", "Board of Nets")])], issues)
        assert [(row.text("agency"), row.text("role")) for row in table.rows] == [
            ("Ministry of Eels", "Counts eels."),
            ("Board of Nets", "Mends nets."),
        ]
        assert not issues


class TestUnread:
    """Rules and header boxes of no table."""

    def test_header_boxes_without_rules_are_an_error(self, read: Read) -> None:
        chapter = read(lambda sheet: Table(200).without(lambda _, __: False).draw(sheet))
        (issue,) = errors(chapter)
        assert (issue.check, issue.where.page) == ("table_unread", 1)

    def test_rules_around_words_without_columns_are_an_error(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            for number in range(4):
                sheet.write(LEFT, 203 + 20 * number, "One line of small type without any columns", CELL)
                sheet.rule(LEFT, RIGHT, 200 + 20 * number, False)

        chapter = read(draw)
        assert not grids(chapter)
        (issue,) = errors(chapter)
        assert (issue.check, issue.where.page) == ("table_unread", 1)
        assert issue.where.bbox is not None
        assert issue.where.bbox[0] == pytest.approx(LEFT, abs=1)

    def test_rules_between_the_parts_of_a_title_page_are_none(self, read: Read) -> None:
        def draw(sheet: Sheet) -> None:
            for number in range(3):
                sheet.write(LEFT, 220 + 60 * number, RUNNING, TEXT)
                sheet.rule(LEFT, RIGHT, 200 + 60 * number, False)

        chapter = read(draw)
        assert len(texts(chapter)) == 3
        assert not errors(chapter)
