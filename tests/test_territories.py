"""Rows for parts of a country, whichever way a cell names them. The parts are invented, as Arvenia is."""

from __future__ import annotations

import pytest

from extractors.chapter.segment import TablePiece
from extractors.chapter.tables import ChapterTable, assemble
from extractors.chapter.territories import definition, split_territories
from extractors.model import Issue
from tests.builders import Draft

LAWS = ("Standard", "Related Entity", "Meets International Standards: Yes/No", "Age", "Legislation")
AGE = "Minimum Age for Work"
DEFINED = "The Union of Vorm (UoV), the Mark of Tal (MT) and the Lake District (LD) make laws of their own."


def laws(*rows: tuple[str | None, ...], texts: tuple[str, ...] = (DEFINED,), sized: bool = True) -> ChapterTable:
    """A table of laws with a column of territories, split."""
    issues: list[Issue] = []
    (table,) = assemble([TablePiece("legal_standards", "Laws", Draft(sized).grid(LAWS, rows), "")], issues)
    split_territories([table], texts)
    assert not issues
    return table


def parts(table: ChapterTable, column: str = "status") -> list[tuple[str | None, str]]:
    return [(row.territory, row.text(column)) for row in table.rows]


@pytest.mark.parametrize("printed", ["UoV/MT/LD", "UoV, MT, LD", "UoV; MT and LD", "UoV / MT / LD (4)", "UoV\nMT\nLD"])
def test_a_cell_that_lists_abbreviations_gives_a_row_for_each_under_its_full_name(printed: str) -> None:
    table = laws((AGE, printed, "Yes", "15", "Code"))
    assert parts(table) == [("Union of Vorm", "Yes"), ("Mark of Tal", "Yes"), ("Lake District", "Yes")]
    assert {row.text("standard") for row in table.rows} == {AGE}
    assert {row.joint for row in table.rows} == {("Union of Vorm", "Mark of Tal", "Lake District")}


def test_answers_that_stand_beside_stacked_territories_go_to_each() -> None:
    table = laws((AGE, "UoV\nMT\nLD", "Yes\nNo\nN/A", "15\n14\n16", "Code of Work"))
    assert parts(table) == [("Union of Vorm", "Yes"), ("Mark of Tal", "No"), ("Lake District", "N/A")]
    assert [row.text("age") for row in table.rows] == ["15", "14", "16"]
    assert {row.text("legislation") for row in table.rows} == {"Code of Work"}
    assert {row.joint for row in table.rows} == {()}


def test_answers_of_another_count_hold_for_every_territory() -> None:
    table = laws((AGE, "UoV\nMT\nLD", "Yes\nNo", "15", "Code"))
    assert parts(table) == [(name, "Yes No") for name in ("Union of Vorm", "Mark of Tal", "Lake District")]


def test_a_definition_in_a_cell_counts_as_one_in_the_text() -> None:
    table = laws(
        (AGE, "Lake District (LD)", "Yes", "15", "Code"),
        ("Compulsory Education Age", "LD", "No", "", ""),
        ("Free Public Education", "Lake District", "No", "", ""),
        texts=(),
    )
    assert [territory for territory, _ in parts(table)] == ["Lake District"] * 3


def test_an_abbreviation_that_nothing_defines_stays_as_printed() -> None:
    table = laws((AGE, "QX", "Yes", "15", "Code"), texts=("The letters (QX) follow no name.",))
    assert parts(table) == [("QX", "Yes")]


@pytest.mark.parametrize("printed", ["All Arvenia", "All", "Nationwide"])
def test_all_means_the_whole_country(printed: str) -> None:
    assert parts(laws((AGE, printed, "Yes", "15", "Code"))) == [("", "Yes")]


def test_a_name_with_and_in_it_is_one_territory_where_its_halves_are_none() -> None:
    table = laws(
        (AGE, "Hill and Dale", "Yes", "15", "Code"),
        (AGE, "North Shore", "No", "14", "Code"),
        (AGE, "South Shore", "No", "14", "Code"),
        (AGE, "North Shore and South Shore", "N/A", "", ""),
        texts=(),
    )
    assert parts(table) == [
        ("Hill and Dale", "Yes"),
        ("North Shore", "No"),
        ("South Shore", "No"),
        ("North Shore", "N/A"),
        ("South Shore", "N/A"),
    ]


def test_a_row_without_a_territory_is_left_alone() -> None:
    table = laws((AGE, "", "Yes", "15", "Code"), ("Free Public Education", "MT", "No", "", ""))
    assert parts(table) == [(None, "Yes"), ("Mark of Tal", "No")]


def test_the_bodies_of_a_table_of_agencies_are_not_split() -> None:
    header = ("Organization/Agency", "Related Entity", "Role")
    grid = Draft().grid(header, [("Labor Office", "UoV/MT", "Inspects."), ("Police", "MT", "Arrests.")])
    (table,) = assemble([TablePiece("agencies", "Agencies", grid, "")], [])
    split_territories([table], [DEFINED])
    assert [(row.territory, row.text("territory")) for row in table.rows] == [(None, "UoV/MT"), (None, "MT")]


def test_a_column_for_each_territory_becomes_a_row_for_each() -> None:
    header = ("Children", "Age", "Percent Mark of Tal", "Percent Lake District")
    grid = Draft().grid(header, [("Working (% and population)", "5 to 14", "4.1 (12)", "7.3 (20)")])
    (table,) = assemble([TablePiece("statistics", "Statistics", grid, "")], [])
    assert table.columns == ["indicator", "age", "percent/Mark of Tal", "percent/Lake District"]
    split_territories([table], [])
    assert table.columns == ["indicator", "age", "percent"]
    assert parts(table, "percent") == [("Mark of Tal", "4.1 (12)"), ("Lake District", "7.3 (20)")]
    assert {row.text("age") for row in table.rows} == {"5 to 14"}


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("FN", "Fen (Northern) Islands"),
        ("VTL", "Vorm, Tal, and Lake da Mora"),
        ("LD", "Lake District"),
    ],
)
def test_the_name_before_an_abbreviation_may_have_commas_and_parentheses(short: str, name: str) -> None:
    """As Saint Helena, Ascension, and Tristan da Cunha (SH) and the Cocos (Keeling) Islands (CKI), 2016, page 1."""
    text = (
        "Lake District (LD), Fen (Northern) Islands (FN), and Vorm, Tal, and Lake da Mora (VTL) are parts of Arvenia."
    )
    assert definition(short, [text]) == name


def test_a_name_above_its_own_abbreviation_is_one_territory() -> None:
    table = laws((AGE, "Lake District\n(LD)", "Yes", "15", "Code"))
    assert parts(table) == [("Lake District", "Yes")]
