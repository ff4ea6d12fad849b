"""The form of the reports of 2023 and 2024: an invented chapter as raw text and as a web page gives the same rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from extractors import Extraction, extract
from extractors.readers.stacked import stacked_tables
from extractors.readers.text import TextLayout
from tests.conftest import ROOT

FILE_COLUMNS = {"line", "row_key", "source_path", "source_sha256", "source_format"}


@pytest.fixture(scope="module", params=["txt", "html"])
def chapter(request: pytest.FixtureRequest) -> Extraction:
    (found,) = extract(ROOT / f"tests/forms/arvenia-2024.{request.param}")
    return found


def picked(chapter: Extraction, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in chapter.tables[table]]


def test_subgroups_and_hazardous_work_have_their_own_rows(chapter: Extraction) -> None:
    assert picked(chapter, "statistics", "indicator", "subgroup", "age_min", "age_max", "percent", "population") == [
        ("working", "", 5, 14, 12.6, 6567),
        ("working", "boys", 5, 14, 13.1, 657),
        ("working", "girls", 5, 14, 12.0, None),
        ("working", "urban", 5, 14, 8.5, None),
        ("working", "rural", 5, 14, None, None),
        ("hazardous_work", "", 15, 17, 4.1, 912),
        ("hazardous_work", "boys", 15, 17, 5.1, 500),
        ("hazardous_work", "girls", 15, 17, 3.0, 412),
        ("hazardous_work", "urban", 15, 17, 2.0, 100),
        ("hazardous_work", "rural", 15, 17, 6.0, 812),
        ("attending_school", "", 5, 14, 91.0, None),
        ("combining_work_and_school", "", 7, 14, 9.3, None),
    ]


def test_ticks_and_crosses_answer_and_the_age_may_come_second(chapter: Extraction) -> None:
    found = {code: rest for code, *rest in picked(chapter, "legal_standards", "standard", "status", "age")}
    assert len(found) == 12
    assert found["minimum_age_hazardous_work"] == ["No", 17.5]
    assert found["forced_labor_prohibited"] == ["Yes", None]
    assert found["minimum_age_voluntary_military"] == ["N/A", None]
    assert found["compulsory_education_age"] == ["Yes", 16.0]


def test_nothing_is_an_error_and_nothing_beside_the_chapter_is_read(chapter: Extraction) -> None:
    findings = picked(chapter, "quality", "severity", "check")
    assert [check for severity, check in findings if severity != "info"] == ["value_unread"]  # the age of 17.5
    assert chapter.tables["other_tables"] == []
    assert {"Children at Higher Risk", "Barriers to Education Access"} <= {
        row["subsection"] for row in chapter.tables["paragraphs"]
    }


def test_a_chapter_without_citations_has_one_finding_that_says_so(chapter: Extraction) -> None:
    found = [row for row in picked(chapter, "quality", "check", "severity", "origin") if "citation" in row[0]]
    assert found == [("citations_none", "info", "source")]


TEXT = (ROOT / "tests/forms/arvenia-2024.txt").read_text(encoding="utf-8")
CAPTIONS = re.compile(r"^Table \d\. .*\n\n", re.M)


def piped(text: str, edge: str, rule: bool) -> str:
    """The text with pipes instead of tabs; ``edge`` is before and behind a row, a rule of dashes below its header."""
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        cells = line.split("\t")
        lines.append(f"{edge} {' | '.join(cells)} {edge}".strip() if len(cells) > 1 else line)
        if len(cells) > 1 and not inside and rule:
            lines.append(f"{edge} {' | '.join(['---'] * len(cells))} {edge}".strip())
        inside = len(cells) > 1
    return "\n".join(lines)


@pytest.fixture(scope="module")
def as_typed() -> Extraction:
    (found,) = extract(ROOT / "tests/forms/arvenia-2024.txt")
    return found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(CAPTIONS.sub("", TEXT), id="no captions"),
        pytest.param(piped(TEXT, "|", True), id="Markdown"),
        pytest.param(piped(CAPTIONS.sub("", TEXT), "", True), id="pipes between cells, no captions"),
        pytest.param(piped(TEXT, "", False), id="pipes between cells, no rule"),
        pytest.param(TEXT.replace("\t", "\n"), id="one cell a line"),
        pytest.param(CAPTIONS.sub("", TEXT).replace("\t", "\n"), id="one cell a line, no captions"),
    ],
)
def test_tables_may_be_typed_in_other_ways(text: str, as_typed: Extraction, tmp_path: Path) -> None:
    (tmp_path / "arvenia.txt").write_text(text, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    ours = FILE_COLUMNS | {"caption", "printed_caption"}
    for table in found.tables.keys() - {"provenance", "quality", "documents"}:
        mine, its = (
            [{key: value for key, value in row.items() if key not in ours} for row in one.tables[table]]
            for one in (as_typed, found)
        )
        assert mine == its, table
    assert [row["check"] for row in found.tables["quality"] if row["severity"] != "info"] == ["value_unread"]


def test_a_cell_of_a_table_with_one_cell_a_line_has_its_own_line(tmp_path: Path) -> None:
    stacked = TEXT.replace("\t", "\n")
    (tmp_path / "arvenia.txt").write_text(stacked, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    [place] = [
        row
        for row in found.tables["provenance"]
        if (row["table"], row["row"], row["column"]) == ("agencies", 1, "role")
    ]
    assert stacked.split("\n")[place["line"] - 1] == "Inspects workplaces."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Boys\n\n13.1% (657)", "Boys\n13.1% (657)", id="an empty cell that was dropped"),
        pytest.param("Urban\n\n8.5%", "Urban\n\n\n8.5%", id="an empty line too many"),
        pytest.param("Working\n5 to 14\n", "Working\n", id="a cell that was dropped"),
    ],
)
def test_cells_that_are_no_whole_rows_are_an_error(before: str, after: str, tmp_path: Path) -> None:
    text = TEXT.replace("\t", "\n")
    assert before in text
    (tmp_path / "arvenia.txt").write_text(text.replace(before, after, 1), encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    errors = [row["message"] for row in found.tables["quality"] if row["check"] == "table_unread"]
    [error] = errors
    assert error.startswith("the header 'Children, Age, Percent and Population' has one cell a line")
    assert found.tables["statistics"] == []
    assert len(found.tables["legal_standards"]) == 12


ACTIONS = ["Area", "Suggested Action", "Year(s) Suggested", "Legal Framework", "Ratify the protocol.", "2023"]
AGENCIES = ["Organization/Agency", "Role", "Harbor Office", "Counts the nets."]
PROSE = "In 2024, the labor inspectors of Arvenia visited the boats of Port Lume and of Northport."


@pytest.mark.parametrize(
    ("lines", "end", "whole"),
    [
        ([*ACTIONS, "", "Mend the boats.", "2024", "", PROSE], 6, False),
        ([*ACTIONS, "", "Enforcement", "Train the inspectors.", "2024"], 6, False),
        ([*ACTIONS, "", PROSE, PROSE], 6, True),
        ([*AGENCIES, "", "Port Police", "Keeps the peace."], 4, False),
        ([*AGENCIES, "", PROSE, PROSE], 4, True),
    ],
    ids=[
        "an empty first cell",
        "an empty line between rows",
        "text",
        "an empty line between names",
        "text below names",
    ],
)
def test_where_a_table_with_one_cell_a_line_ends(lines: list[str], end: int, whole: bool) -> None:
    [table] = stacked_tables(lines)
    assert (table.first, table.end, table.whole) == (0, end, whole)


def test_a_pipe_is_no_border_in_a_row_with_tabs_or_in_a_foot() -> None:
    row, foot = "Council | Secretariat\tCoordinates the offices.", "Bureau of International Labor Affairs | 3"
    first, second = TextLayout([row, foot], []).raws
    assert first.cells == ["Council | Secretariat", "Coordinates the offices."]
    assert second.kind == "foot"


def test_a_heading_of_the_new_form_inside_a_section(tmp_path: Path) -> None:
    caption = "Table 4. Laws and Regulations on Child Labor"
    text = TEXT.replace(caption, f"Laws and Regulations on Child Labor\n\nThe laws are these.\n\n{caption}")
    (tmp_path / "arvenia.txt").write_text(text, encoding="utf-8")
    (found,) = extract(tmp_path / "arvenia.txt")
    assert ("Laws and Regulations on Child Labor", "The laws are these.") in picked(
        found, "paragraphs", "subsection", "text"
    )


def test_both_formats_give_the_same_rows() -> None:
    (text,), (page,) = (extract(ROOT / f"tests/forms/arvenia-2024.{suffix}") for suffix in ("txt", "html"))
    for table in text.tables.keys() - {"provenance", "quality"}:
        mine, its = (
            [{key: value for key, value in row.items() if key not in FILE_COLUMNS} for row in one.tables[table]]
            for one in (text, page)
        )
        assert mine == its, table
