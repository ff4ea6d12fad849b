"""The cells of a chapter against what their columns declare. All rows and words here are invented."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.chapter.fit import misfits
from extractors.model import Issue

ROLE = "Inspects the docks and reports what it finds to the Harbor Court of Arvenia.(4)"
AGENCIES: list[tuple[str, ...]] = [("Harbor Office", ROLE), ("Court of the Quays", ROLE), ("Net Guard", ROLE)]
ACTIONS: list[tuple[str, ...]] = [("Enforcement", "Count the boats.", "2014 – 2019")] * 3
STANDARDS: list[tuple[str, ...]] = [("Minimum Age for Work", "Yes", "15", "Article 3 of the Quay Act (7)")] * 3


def chapter(table: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> dict[str, Any]:
    """A chapter of one table; an empty cell has no provenance."""
    cells = [
        {"table": table, "row": number, "column": column, "raw": raw, "page": 3, "line": None}
        for number, row in enumerate(rows, 1)
        for column, raw in zip(columns, row, strict=True)
        if raw
    ]
    return {"provenance": cells}


def found(table: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[Issue]:
    issues = list(misfits(chapter(table, columns, rows)))
    assert all(issue.table == table and issue.where.page == 3 for issue in issues)
    return issues


def errors(table: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [issue.check for issue in found(table, columns, rows) if issue.severity == "error"]


TABLES: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]] = [
    ("agencies", ("agency", "role"), AGENCIES),
    ("activities", ("sector", "activity"), [("Services", "Domestic service in other homes (3)")] * 3),
    ("suggested_actions", ("area", "action", "years"), ACTIONS),
    ("legal_standards", ("standard", "status", "age", "legislation"), STANDARDS),
    ("enforcement", ("label", "raw"), [("Labor Inspectorate Funding", "$3,000 (9)")] * 3),
    ("enforcement", ("label", "raw"), [("Number of Convictions", "Unknown (9)")] * 3),
]


@pytest.mark.parametrize(("table", "columns", "rows"), TABLES)
def test_a_table_whose_cells_have_the_form_of_their_columns_is_sound(
    table: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    assert found(table, columns, rows) == []


@pytest.mark.parametrize(("table", "columns", "rows"), TABLES)
def test_two_columns_that_are_swapped_are_errors(
    table: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    swapped = [(row[1], row[0], *row[2:]) for row in rows]
    assert "column_unfit" in errors(table, columns, swapped)


def test_one_strange_cell_makes_no_column_unfit() -> None:
    rows = [*ACTIONS, ("Enforcement", "Count the boats.", "soon")]
    assert "column_unfit" not in errors("suggested_actions", ("area", "action", "years"), rows)


@pytest.mark.parametrize("at", range(3))
def test_one_empty_cell_of_a_column_that_every_row_fills_is_an_error(at: int) -> None:
    broken = tuple("" if n == at else cell for n, cell in enumerate(ACTIONS[0]))
    assert errors("suggested_actions", ("area", "action", "years"), [*ACTIONS, broken]) == ["cell_missing"]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Net Guard", "the docks and reports what it finds.(4)"),
        ("Net Guard", "Inspects the docks and reports what it"),
        ("Net Guard Inspects the docks.(4)", ROLE),
        ("and Tides Office", ROLE),
    ],
)
def test_a_cell_with_half_a_sentence_and_a_name_with_a_whole_one_are_errors(name: str, role: str) -> None:
    assert errors("agencies", ("agency", "role"), [*AGENCIES, (name, role)]) == ["cell_cut"]


@pytest.mark.parametrize("half", ["the docks and reports what it finds.(4)", "Inspects the docks and reports what it"])
def test_half_a_sentence_is_a_slip_of_the_publisher_only_if_no_text_has_the_other_half(half: str) -> None:
    [alone] = found("agencies", ("agency", "role"), [*AGENCIES, ("Bay Watch", half)])
    assert alone.origin == "source"
    halves = [("Bay Watch", "Inspects the docks and"), ("Pier Watch", "reports what it finds.(4)")]
    parted = found("agencies", ("agency", "role"), [*AGENCIES, *halves])
    assert [issue.origin for issue in parted] == ["reading", "reading"]


@pytest.mark.parametrize("name", ["m-Harbor Project", "mHarbor", "Ship Act, No. 12 (2014)", "Support for Ports.*"])
def test_a_name_of_an_unusual_form_is_none(name: str) -> None:
    assert errors("agencies", ("agency", "role"), [*AGENCIES, (name, ROLE)]) == []


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Count the boats.(3) 2014 – 2019 Count the nets.", "error"),
        ("Is the quay guarded Yes (4) Yes (4)", "error"),
        ("nets and boats are counted at the quay.(3)", "error"),
        ("Children mend nets at the", "warning"),
        ("Social Programs", "error"),  # a label of the table of actions
        ("Children mend nets.(3)", ""),
        ("The Plan (2014 – 2019) covers Northport.", ""),
        ("IV. COORDINATION OF EFFORTS", ""),
    ],
)
def test_table_cells_and_half_sentences_in_the_running_text(text: str, severity: str) -> None:
    assert [issue.severity for issue in found("paragraphs", ("text",), [(text,)])] == ([severity] if severity else [])
