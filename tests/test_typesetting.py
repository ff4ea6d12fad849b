"""How cells and pages are set: lines that were moved, rows without a rule between them, pages that end early.

The country of these cells, Arvenia, is invented.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from extractors.chapter.tables import ChapterTable
from extractors.chapter.typesetting import misplaced
from extractors.model import Block, Cell, Chapter, Grid, Issue, Line, PageText, Source, Style, Where
from extractors.readers.pages import ends_whole

NUMBERS = itertools.count(1)
SOURCE = Source("arvenia-2019.pdf", "0" * 64, "pdf", 2)
COLUMNS = {
    "activities": ["sector", "activity"],
    "enforcement_labor": ["label", "2018", "2019"],
    "programs": ["program", "description"],
}


def line(text: str, top: float, left: float = 100.0, page: int = 1) -> Line:
    """A line of 10-point type; ``top`` and ``left`` in points."""
    box = (left, top, left + 5 * len(text), top + 10)
    return Line(next(NUMBERS), text, Where(page, box), style=Style(10.0))


def cell(*lines: Line) -> Cell:
    return Cell(tuple(lines))


def findings(code: str, rows: Sequence[Sequence[Cell | None]], columns: Sequence[str] = ()) -> list[Issue]:
    """What is said of one table with these rows."""
    names = list(columns or COLUMNS[code])
    grid = Grid(tuple(Cell() for _ in names), tuple(map(tuple, rows)), Where(1, (50, 50, 500, 300)))
    table = ChapterTable(code, "a table of Arvenia", "", names, {}, parts=[(grid, names)])
    return misplaced(Chapter(SOURCE, (grid,)), [table])


def checks(issues: Iterable[Issue]) -> list[tuple[str, str]]:
    return [(issue.check, issue.severity) for issue in issues]


SECTOR = cell(line("Agriculture", 100, 50))
FISHING = cell(line("Drying fish on the", 100), line("racks of Port Lume (3)", 112))


def test_a_sound_table_has_no_finding() -> None:
    assert findings("activities", [[SECTOR, FISHING], [None, cell(line("Cutting reeds (4)", 130))]]) == []


@pytest.mark.parametrize(
    ("second", "check"),
    [
        (line("racks of Port Lume (3)", 106), "text_displaced"),
        (line("racks of Port Lume (3)", 115), "cell_crowded"),
        (line("racks of Port Lume (3)", 112, left=109), "text_displaced"),
    ],
    ids=["moved up", "two rows in one cell", "moved aside"],
)
def test_a_line_that_stands_elsewhere_is_an_error(second: Line, check: str) -> None:
    moved = cell(line("Drying fish on the", 100), second)
    assert checks(findings("activities", [[SECTOR, moved], [None, cell(line("Cutting reeds (4)", 130))]])) == [
        (check, "error")
    ]


def test_a_citation_in_the_middle_of_a_name_is_an_error() -> None:
    both = cell(line("Drying fish (3) Cutting reeds (4)", 100))
    assert checks(findings("activities", [[SECTOR, both]])) == [("cell_crowded", "error")]


def test_a_paragraph_of_a_description_may_end_early() -> None:
    described = cell(line("Pays for school meals. (5)", 100, 200), line("Is paid by the state.", 117, 200))
    assert findings("programs", [[cell(line("Lume Meals", 100)), described]]) == []


def test_a_sentence_that_breaks_off_in_a_description_is_an_error() -> None:
    described = cell(line("Pays for school", 100, 200), line("Is paid by the state.", 117, 200))
    assert checks(findings("programs", [[cell(line("Lume Meals", 100)), described]])) == [("cell_crowded", "error")]


def test_an_answer_that_stands_for_two_rows_is_an_error() -> None:
    labels = [cell(line("Number of Labor Inspectors", top)) for top in (100, 120)]
    number = cell(line("14 (6)", 100, 300))
    rows: list[list[Cell | None]] = [[labels[0], number, number], [labels[1], None, number]]
    assert checks(findings("enforcement_labor", rows)) == [("cell_crowded", "error")]


def test_a_label_may_stand_for_two_rows_with_what_is_beside_it() -> None:
    number = cell(line("14 (6)", 100, 300))
    first = cell(line("Number of Labor Inspectors", 100))
    rows: list[list[Cell | None]] = [[first, number, number], [None, None, number]]
    assert findings("enforcement_labor", rows) == []


def test_years_that_do_not_ascend_are_an_error() -> None:
    number = cell(line("14 (6)", 100, 300))
    row = [cell(line("Number of Labor Inspectors", 100)), number, number]
    assert checks(findings("enforcement_labor", [row], ["label", "2019", "2018"])) == [("column_unfit", "error")]


def pages(*tops: Sequence[float]) -> Chapter:
    """Running text at these heights, page by page."""
    blocks: list[Block] = [
        line("The government did so.", top, page=page) for page, own in enumerate(tops, 1) for top in own
    ]
    return Chapter(SOURCE, tuple(blocks))


def test_a_page_that_ends_early_is_an_error_if_the_next_one_has_a_lower_end() -> None:
    issues = misplaced(pages([100, 120, 140], [100, 120, 140, 700]), [])
    assert [(i.check, i.where.page) for i in issues] == [("stream_damaged", 1)]
    assert misplaced(pages([100, 120, 660], [100, 120, 140, 700]), []) == []


@pytest.mark.parametrize(
    ("instructions", "whole"),
    [
        (b"BT /F1 9 Tf (Port \\) Lume) Tj ET", True),
        (b"q 1 0 0 1 0 0 cm Q", True),
        (b"", True),
        (b"BT /F1 9 Tf (Port Lume) Tj", False),
        (b"BT /F1 9 Tf (Port ET", False),
        (b"BT /F1 9 Tf ET 12.5 30", False),
        (b"BT (BT) Tj ET 1 0 0 r", True),
        (b"BI /W 1 ID \x00\x01 EI BT", True),
    ],
)
def test_instructions_that_break_off_are_noticed(instructions: bytes, whole: bool) -> None:
    assert ends_whole(instructions) is whole


def test_a_cell_that_begins_below_its_row_is_an_error() -> None:
    number = cell(line("14 (6)", 100, 300))
    row = [cell(line("Number of Labor Inspectors", 100)), cell(line("Port Lume", 113, 250)), number]
    assert checks(findings("enforcement_labor", [row], ["label", "territory", "2019"])) == [("cell_crowded", "error")]


def sectors(*tops: float) -> list[list[Cell | None]]:
    """Two activities of each sector, 20 points apart; ``tops`` are the heights of the sectors below their first one."""
    rows: list[list[Cell | None]] = []
    for number, top in enumerate(tops):
        first = 100 + 40 * number
        sector = cell(line(f"Sector {number}", first + top, 50))
        rows += [[sector, cell(line("Drying fish (3)", first))], [None, cell(line("Cutting reeds (4)", first + 20))]]
    return rows


def test_sectors_may_stand_in_the_middle_of_their_rows_but_not_one_alone() -> None:
    assert findings("activities", sectors(10, 10, 10)) == []
    assert findings("activities", sectors(0, 0, 0)) == []
    assert checks(findings("activities", sectors(0, 20, 0))) == [("cell_crowded", "error")]


def test_a_note_in_a_cell_is_an_error() -> None:
    note = replace(line("* No conscription (5)", 112), style=Style(8.0))
    described = cell(line("Pays for school meals.", 100), note)
    assert checks(findings("programs", [[cell(line("Lume Meals", 100)), described]])) == [("text_displaced", "error")]


def test_running_text_at_the_place_of_a_second_column_is_an_error() -> None:
    lines = (line("The government did so.", 100, 54), line("It did.", 112, 54))
    for moved in ("Drying fish (3)", "– 2019"):
        placed = (*lines, line(moved, 130, 158))
        assert checks(misplaced(Chapter(SOURCE, placed), [])) == [("text_displaced", "error")]
    assert misplaced(Chapter(SOURCE, (*lines, line("4", 130, 158))), []) == []


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("Sector/IndustryActivity", True),
        ("2017FINDINGSONTHEWORSTFORMSOFCHILDLABORRatification", True),
        ("OverviewofLaborLawEnforcement20182019", True),
        ("2017FINDINGSONTHEWORSTFORMSOFCHILDLABOR", False),
        ("N/AN/A", False),
        ("2018", False),
        ("aprogramofPortLume", False),
    ],
)
def test_header_words_that_cannot_be_seen_are_an_error(left_out: str, said: bool) -> None:
    chapter = Chapter(SOURCE, (line("The government did so.", 100),), pages=(PageText(1, "", left_out),))
    assert checks(misplaced(chapter, [])) == [("table_unread", "error")] * said


def named(top: float, lines: int, name_at: float) -> list[Cell]:
    """A row of a table of programs: a name of one line beside a description."""
    text = [line(f"Line {number} of what it does.", top + 12 * number, 250) for number in range(lines)]
    return [cell(line("Highland Meals", name_at, 50)), cell(*text)]


def test_names_may_all_stand_in_the_middle_of_their_rows() -> None:
    rows = [named(100, 4, 118), named(160, 3, 172), named(210, 5, 234)]
    assert findings("programs", rows) == []


def test_one_name_that_begins_lower_is_an_error() -> None:
    rows = [named(100, 4, 118), named(160, 3, 160), named(210, 5, 210)]
    assert checks(findings("programs", rows)) == [("cell_crowded", "error")]


def listed(*places: tuple[str, float, float]) -> Chapter:
    """A reference list of Arvenia: eight sound lines, then these lines with their tops and left edges."""
    sound = [
        (f"{n // 2 + 1}. Port Lume Gazette. The pearl" if n % 2 == 0 else "divers.", 100 + 12 * n) for n in range(8)
    ]
    lines = [line(text, top, 312.0 if text == "divers." else 300.0) for text, top in sound]
    lines += [line(text, top, left) for text, top, left in places]
    return Chapter(SOURCE, tuple(replace(one, zone="column") for one in lines))


def test_a_line_of_the_reference_list_that_was_moved_is_an_error() -> None:
    assert misplaced(listed(("5. Lume Meals.", 220, 300), ("2012.", 232, 312)), []) == []
    for moved in (
        ("divers.", 203, 312),  # on the line above
        ("divers.", 216, 312),  # too far below it
        ("divers.", 196, 340),  # aside
    ):
        assert checks(misplaced(listed(moved), [])) == [("text_displaced", "error")]
    second = [("9. Lume Meals.", 100 + 12 * n, 600) for n in range(6)]
    assert misplaced(listed(("divers.", 196, 312), *second), []) == []
    crossed = listed(("divers. They sell the pearls at the quay of Port Lume, Gaz.", 196, 312), *second)
    assert checks(misplaced(crossed, [])) == [("text_displaced", "error")]
    high = listed(("divers.", 196, 312))
    box = (312.0, 196.0, 350.0, 209.0)
    lines = (*high.blocks[:-1], replace(high.blocks[-1], where=Where(1, box)))
    assert checks(misplaced(replace(high, blocks=lines), [])) == [("text_displaced", "error")]


def test_words_of_two_lines_in_one_and_text_in_the_margin_are_errors() -> None:
    lines = tuple(line(f"Children of Arvenia dive for pearls {n}.", 100 + 14 * n) for n in range(6))
    assert misplaced(Chapter(SOURCE, lines), []) == []
    high = replace(lines[2], where=Where(1, (100.0, 128.0, 300.0, 142.0)))
    outside = replace(lines[2], where=Where(1, (70.0, 128.0, 300.0, 138.0)))
    for moved in (high, outside):
        assert checks(misplaced(Chapter(SOURCE, (*lines[:2], moved, *lines[3:])), [])) == [("text_displaced", "error")]
