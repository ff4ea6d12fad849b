"""What a chapter announces but does not have is reported once, by its name; what it has is not reported."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import pytest

from extractors.chapter.audit import (
    check_completeness,
    empty_parts,
    empty_tables,
    missing_sections,
    missing_tables,
    nothing_below,
    pages_without_foot,
    rows_without_answers,
    skipped_captions,
    unknown_headings,
    unowned,
)
from extractors.chapter.segment import Note, Outline, Paragraph, TablePiece, Territory
from extractors.chapter.tables import ChapterTable, TableRow
from extractors.model import Block, Cell, Chapter, Grid, Issue, Line, Source, Where
from tests.builders import Draft

_numbers = itertools.count(1)


def line(text: str) -> Line:
    number = next(_numbers)
    return Line(number, text, Where(line=number))


def outline(
    prose: Sequence[str] = (),
    captions: Sequence[str] = (),
    headings: Sequence[str] = (),
    pieces: Sequence[TablePiece] = (),
) -> Outline:
    out = Outline("Arvenia", 2019, [Territory("Arvenia")])
    out.paragraphs += [Paragraph("prevalence", "", "", [line(text)]) for text in prose]
    out.captions += [line(text) for text in captions]
    out.headings += [("prevalence", line(text)) for text in headings]
    out.pieces += pieces
    return out


def chapter(*blocks: Block) -> Chapter:
    return Chapter(Source("arvenia.txt", "0", "text"), blocks)


def grid(*texts: str) -> Grid:
    """A header and one row of these cells."""
    cells = tuple(Cell((line(text),)) for text in texts)
    return Grid(tuple(Cell((line(f"Header {text}"),)) for text in texts), (cells,), Where(line=1))


def piece(code: str) -> TablePiece:
    return TablePiece(code, "", grid("a", "b"), "")


def messages(issues: Iterable[Issue]) -> list[str]:
    return [issue.message for issue in issues]


# ---------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("named", ["(Table 6)", "Table 6 shows", "(see Table 6.)", "Tables 6 and 5", "in Table 6,"])
def test_a_table_that_the_text_names_and_that_is_not_there(named: str) -> None:
    out = outline([f"There are plans {named}."], ["Table 5. Key Policies Related to Child Labor"])
    (issue,) = missing_tables(out)
    assert (issue.check, issue.severity, issue.table) == ("table_missing", "error", "paragraphs")
    assert "Table 6," in issue.message
    assert issue.where == out.paragraphs[0].lines[0].where


@pytest.mark.parametrize(
    "caption", ["Table 6. Key Policies", "TABLE 6: KEY POLICIES", "Table 6 – Key Policies (Cont.)"]
)
def test_a_table_that_is_there(caption: str) -> None:
    assert list(missing_tables(outline(["There are plans (Table 6)."], [caption]))) == []


def test_a_table_named_often_is_missed_once() -> None:
    out = outline(["Plans (Table 6).", "Other plans (Table 6, Table 16).", "Table 6 again."], ["Table 1. Statistics"])
    assert [m.split(",")[0] for m in messages(missing_tables(out))] == [
        "the text refers to Table 6",
        "the text refers to Table 16",
    ]


def test_table_6_is_not_table_16() -> None:
    assert (
        len(list(missing_tables(outline(["Plans (Table 6)."], ["Table 16. Key Policies", "Table 60. Key Policies"]))))
        == 1
    )


@pytest.mark.parametrize(
    "prose", ["The table 6 people sat at.", "A timetable 6 hours long.", "Table of 6.", "Tablets 6"]
)
def test_not_everything_with_a_number_is_a_table(prose: str) -> None:
    assert list(missing_tables(outline([prose]))) == []


def test_a_name_of_a_table_broken_over_two_lines_is_read() -> None:
    out = outline()
    out.paragraphs.append(Paragraph("policies", "", "", [line("There are plans (Table"), line("6).")]))
    assert len(list(missing_tables(out))) == 1


def test_a_table_without_rows() -> None:
    full = ChapterTable("policies", "Table 9. Key Policies", "", ["policy"], {}, [TableRow({}, Where())])
    empty = ChapterTable("programs", "Table 10. Key Social Programs", "", ["program"], {})
    unknown = ChapterTable("", "Table 11. Zeppelins", "", ["column_1"], {})
    out = outline(pieces=[piece("policies"), piece("programs")])
    (issue,) = empty_tables(out, [full, empty, unknown])
    assert (issue.check, issue.severity, issue.table) == ("table_empty", "error", "programs")
    assert empty.title in issue.message


def test_a_caption_without_a_table() -> None:
    captions = [
        "Table 9. Key Policies Related to Child Labor",
        "Table 10. Key Social Programs to Address Child Labor",
        "Table 10. Key Social Programs to Address Child Labor (Cont.)",
    ]
    out = outline(captions=captions, pieces=[piece("policies")])
    (issue,) = empty_tables(out, [])
    assert (issue.check, issue.table, issue.where) == ("table_empty", "programs", out.captions[1].where)


def test_a_band_is_no_caption() -> None:
    assert (
        list(empty_tables(outline(captions=["SOCIAL PROGRAMS TO ADDRESS CHILD LABOR", "CHRISTMAS ISLAND"]), [])) == []
    )


# ---------------------------------------------------------------------------------------------- sections


@pytest.mark.parametrize("present", [["I.", "II.", "III."], ["I."], [], ["i.", "ii."]])
def test_sections_without_a_gap(present: list[str]) -> None:
    assert list(missing_sections(outline(headings=[f"{number} HEADING" for number in present]))) == []


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        (["I", "III"], ["II is missing before 'III. HEADING'"]),
        (["II", "III"], ["I is missing before 'II. HEADING'"]),
        (["I", "IV"], ["II is missing before 'IV. HEADING'", "III is missing before 'IV. HEADING'"]),
        (["I", "II", "III", "IV", "V", "VII"], ["VI is missing before 'VII. HEADING'"]),
    ],
)
def test_a_gap_in_the_numbers_of_sections(present: list[str], missing: list[str]) -> None:
    issues = list(missing_sections(outline(headings=[f"{number}. HEADING" for number in present])))
    assert messages(issues) == [f"section {text}" for text in missing]
    assert {(i.check, i.severity) for i in issues} == {("section_missing", "error")}


def test_a_number_printed_twice_is_no_missing_section() -> None:
    (issue,) = missing_sections(outline(headings=[f"{n}. HEADING" for n in ("I", "II", "III", "III", "V")]))
    assert (issue.check, issue.severity) == ("section_misnumbered", "warning")


def test_headings_without_a_number_do_not_count() -> None:
    assert (
        list(missing_sections(outline(headings=["Criminal Law Enforcement", "VIVID COLORS", "Mix. and match"]))) == []
    )


def test_a_numbered_heading_of_no_known_section() -> None:
    (issue,) = unknown_headings(outline(["VIII. ZEPPELINS", "I. Zeppelins fly.", "IV drips", "MIX. AND MATCH"]))
    assert (issue.check, issue.severity) == ("heading_unknown", "warning")
    assert "VIII. ZEPPELINS" in issue.message


# ---------------------------------------------------------------------------------------------- lines


def test_lines_that_nothing_was_made_of() -> None:
    kept, lost = line("A sentence."), line("A stray stamp")
    out = outline()
    out.paragraphs.append(Paragraph("policies", "", "", [kept]))
    total, one = unowned(chapter(kept, lost), out, owned=[])
    assert (total.check, total.severity) == ("lines_unowned", "info")
    assert "1 of 2 lines (50.00%)" in total.message
    assert (one.check, one.severity, one.where) == ("line_unowned", "error", lost.where)
    assert "A stray stamp" in one.message


def test_every_owner_counts() -> None:
    """All parts of an outline, the headers of tables, and what records were made of."""
    owners = [line(f"line {i}") for i in range(9)]
    table = grid("cell")
    out = Outline("Arvenia", 2019, [Territory("Arvenia", [owners[0]], [owners[1]])])
    out.territories[0].summary.append(Paragraph("summary", "", "", [owners[2]]))
    out.furniture.append(owners[3])
    out.captions.append(owners[4])
    out.headings.append(("policies", owners[5]))
    out.paragraphs.append(Paragraph("policies", "", "", [owners[6]]))
    out.notes.append(Note("policies", "", [owners[7]]))
    (cell,) = table.rows[0]
    assert cell is not None
    by_records = {owners[8].number, cell.lines[0].number}
    source = chapter(*owners, table)
    assert messages(unowned(source, out, by_records)) == ["0 of 11 lines (0.00%) have no owner"]
    for left_out in by_records:
        assert len(list(unowned(source, out, by_records - {left_out}))) == 2
    for part in (out.furniture, out.captions, out.headings, out.paragraphs, out.notes, out.territories):
        held = list(part)
        part.clear()
        assert len(list(unowned(source, out, by_records))) > 1, held
        part.extend(held)  # type: ignore[arg-type]


def test_lines_that_are_lost_on_one_page_are_one_finding() -> None:
    total, one = unowned(chapter(*[line(f"line {i}") for i in range(50)]), outline(), owned=[])
    assert "50 of 50 lines (100.00%)" in total.message
    assert (one.check, one.severity) == ("line_unowned", "error")
    assert one.message == "no record was made of 50 lines: 'line 0' ..."


def test_an_empty_chapter_has_nothing_to_lose() -> None:
    assert messages(unowned(chapter(), outline(), owned=[])) == ["0 of 0 lines (0.00%) have no owner"]


def test_all_checks_are_made() -> None:
    stray = line("A stray stamp")
    out = outline(["Plans (Table 6)."], ["Table 10. Social Programs to Address Child Labor"], ["II. HEADING"])
    found = check_completeness(chapter(stray), out, [], [])
    assert [issue.check for issue in found] == [
        "table_missing",  # named by the text
        "table_missing",  # skipped by the captions
        "section_missing",
        "table_empty",
        "lines_unowned",
        "line_unowned",
    ]


# ---------------------------------------------------------------------------------------------- parts of a page


def test_rows_without_words_are_one_error_at_their_table() -> None:
    draft = Draft()
    draft.grid(("Program", "Description"), [("Boats", "Mends boats."), ("", ""), ("", "")])
    [issue] = empty_parts(draft.chapter())
    assert (issue.check, issue.severity, issue.where.page) == ("table_empty", "error", 1)
    assert issue.message.startswith("2 of the 3 rows")


def test_a_header_over_running_text_is_an_error_and_one_at_the_foot_of_a_page_is_none() -> None:
    draft = Draft()
    draft.grid(("Program", "Description"), [])
    draft.new_page()
    draft.grid(("Program", "Description"), [("Boats", "Mends boats.")])
    draft.text("Nets are mended at the quay.")
    assert list(empty_parts(draft.chapter())) == []
    draft.grid(("Program", "Description"), [])
    draft.text("Sails are mended at the quay.")
    [issue] = empty_parts(draft.chapter())
    assert (issue.check, issue.severity, issue.where.page) == ("table_empty", "error", 2)
    assert "Sails are mended" in issue.message


def test_a_page_without_the_running_foot_of_the_others_is_an_error() -> None:
    draft = Draft()
    for page in range(3):
        draft.text("Nets are mended at the quay.")
        if page != 1:
            draft.foot("FINDINGS OF ARVENIA")
        draft.new_page()
    [issue] = pages_without_foot(draft.chapter())
    assert (issue.check, issue.severity, issue.where.page) == ("stream_damaged", "error", 2)


def test_a_chapter_without_any_running_foot_has_no_such_error() -> None:
    draft = Draft()
    draft.text("Nets are mended at the quay.")
    assert list(pages_without_foot(draft.chapter())) == []


def test_a_heading_or_caption_with_nothing_below_it_is_an_error() -> None:
    draft = Draft()
    heading = draft.heading("II. LEGAL FRAMEWORK")
    draft.new_page()
    draft.text("Nets are mended at the quay.")
    caption = draft.caption("Table 4. Laws")
    out = outline()
    out.headings.append(("legal_framework", heading))
    out.captions.append(caption)
    issues = list(nothing_below(draft.chapter(), out))
    assert [(issue.check, issue.severity, issue.where.page) for issue in issues] == [
        ("stream_damaged", "error", 1),
        ("stream_damaged", "error", 2),
    ]
    draft.text("The law protects the young.")
    assert list(nothing_below(draft.chapter(), out)) == issues[:1]


def test_numbers_that_the_captions_skip_are_one_error_unless_the_text_names_them() -> None:
    out = outline(["There are plans (Table 2)."], ["Table 1. Statistics", "Table 5. Laws", "Table 7. Agencies"])
    [issue] = skipped_captions(out)
    assert "the number 3, 4, 6, but 'Table 5. Laws'" in issue.message
    assert (issue.check, issue.severity, issue.where) == ("table_missing", "error", out.captions[1].where)
    assert list(skipped_captions(outline(captions=["Table 1. Statistics", "Table 2. Laws"]))) == []


@pytest.mark.parametrize(
    ("code", "columns", "cells", "said"),
    [
        ("enforcement_labor", ["label", "2018", "2019"], {"label": "Inspectors", "2018": "14", "2019": "15"}, False),
        ("enforcement_labor", ["label", "2018", "2019"], {"label": "Inspectors", "2019": "15"}, True),
        ("programs", ["program", "description"], {"program": "Lume Meals"}, True),
        ("conventions", ["convention", "ratification"], {"convention": "UN CRC"}, False),
    ],
    ids=["whole", "no answer of a year", "a name alone", "not ratified"],
)
def test_a_row_without_its_answer(code: str, columns: list[str], cells: dict[str, str], said: bool) -> None:
    row = TableRow({name: Cell((Line(1, text, Where(line=1)),)) for name, text in cells.items()}, Where(line=1))
    issues = list(rows_without_answers([ChapterTable(code, "a table of Arvenia", "", columns, {}, [row])]))
    assert [(issue.check, issue.severity) for issue in issues] == [("cell_missing", "error")] * said
