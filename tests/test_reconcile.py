"""A finished chapter against what its source must have held. All rows and words here are invented."""

from __future__ import annotations

from typing import Any

import pytest

from extractors.chapter.reconcile import (
    crowded_cells,
    labels_in,
    lost_text,
    missing_parts,
    missing_rows,
    with_origins,
)
from extractors.model import Chapter, Issue, PageText
from extractors.rules import current
from tests.builders import Draft

PLACE = {"page": 3, "line": None}


def closed(table: str, **rows: str) -> Any:
    """The declaration of a closed table."""
    return next(c for c in current().expected.rows if c.table == table and c.rows == rows)


def records(table: str, labels: Any, **values: Any) -> list[dict[str, Any]]:
    rows = {name: values[name] for name in ("domain", "indicator") if name in values}
    column = closed(table, **rows).column
    return [{column: label, **PLACE, **values} for label in labels]


def labels_of(entry: Any, year: int) -> Any:
    return next(form.labels for form in entry.forms if form.covers(year))


class TestRows:
    @pytest.mark.parametrize("entry", current().expected.rows, ids=lambda entry: f"{entry.table} {entry.rows}")
    @pytest.mark.parametrize("missing", [0, -1])
    def test_a_row_that_is_always_printed_and_missing_is_one_error(self, entry: Any, missing: int) -> None:
        form = entry.forms[-1]
        year = int(form.years[:4])
        labels = [label for label in form.labels if label != form.labels[missing]]
        years = range(year, year - (entry.years_printed or 1), -1)
        rows = [row for y in years for row in records(entry.table, labels, year=y, **entry.rows)]
        (issue,) = missing_rows(entry, rows, year)
        found = (issue.check, issue.severity, issue.table, issue.where.page)
        assert found == ("row_missing", form.severity, entry.table, 3)
        assert form.labels[missing] in issue.message
        whole = [row for y in years for row in records(entry.table, form.labels, year=y, **entry.rows)]
        assert list(missing_rows(entry, whole, year)) == []

    def test_a_year_that_lacks_a_row_is_an_error_also_if_the_other_year_has_it(self) -> None:
        entry = closed("enforcement", domain="labor")
        labels = labels_of(entry, 2019)
        rows = records("enforcement", labels, year=2019, domain="labor")
        rows += records("enforcement", labels[1:], year=2018, domain="labor")
        assert [issue.check for issue in missing_rows(entry, rows, 2019)] == ["row_missing"]

    def test_a_column_of_a_year_that_is_missing_is_an_error(self) -> None:
        entry = closed("enforcement", domain="criminal")
        rows = records("enforcement", labels_of(entry, 2019), year=2019, domain="criminal")
        assert [issue.check for issue in missing_rows(entry, rows, 2019)] == ["column_missing"]

    def test_a_smaller_table_that_the_report_prints_by_itself_is_complete(self) -> None:
        rows = records("statistics", ["primary_completion_rate"])
        assert list(missing_rows(closed("statistics"), rows, 2019)) == []

    def test_a_prohibition_with_an_age_is_an_error(self) -> None:
        entry = closed("legal_standards")
        rows = records("legal_standards", entry.forms[-1].labels, row=1, age=None)
        assert list(missing_rows(entry, rows, 2019)) == []
        rows = records("legal_standards", entry.forms[-1].labels, row=1, age=18)
        assert {issue.check for issue in missing_rows(entry, rows, 2019)} == {"column_unfit"}

    def test_a_form_holds_in_its_years_only(self) -> None:
        entry = closed("legal_standards")
        older = records("legal_standards", entry.forms[0].labels)
        assert list(missing_rows(entry, older, 2015)) == []
        assert [issue.check for issue in missing_rows(entry, older, 2016)] == ["row_missing"]


def whole_chapter() -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {table: [] for table in ("statistics", "sectors", "enforcement")}
    for table in ("conventions", "legal_standards"):
        tables[table] = records(table, closed(table).forms[-1].labels)
    tables["agencies"] = [{"agency": "Harbor Office", **PLACE}]
    tables["paragraphs"] = [{"section": code} for section in current().expected.sections for code in section.codes]
    return tables


class TestParts:
    def test_a_whole_chapter_has_no_finding(self) -> None:
        assert missing_parts(whole_chapter(), 2019, several=False) == []

    def test_a_missing_last_section_is_an_error(self) -> None:
        tables = whole_chapter()
        tables["paragraphs"] = [row for row in tables["paragraphs"] if row["section"] != "suggested_actions"]
        (issue,) = missing_parts(tables, 2019, several=False)
        assert (issue.check, issue.severity) == ("section_missing", "error")
        assert missing_parts(tables, 2019, False, [issue]) == []  # one finding for one cause

    def test_a_missing_table_is_an_error(self) -> None:
        tables = whole_chapter() | {"agencies": []}
        assert [(i.check, i.table) for i in missing_parts(tables, 2019, False)] == [("table_missing", "agencies")]

    def test_chapters_of_several_countries_share_their_sections(self) -> None:
        tables = whole_chapter() | {"paragraphs": []}
        assert missing_parts(tables, 2019, several=True) == []


def chapter(shown: str, left_out: str = "") -> Chapter:
    """A chapter of one line and one table, on a page that shows something else."""
    draft = Draft()
    draft.text("The boats of Northport carry nets.")
    draft.grid(["Body", "Role"], [["Harbor Office", "Counts the nets."]])
    made = draft.chapter()
    return Chapter(made.source, made.blocks, (), (PageText(1, shown, left_out),))


TEXT = "The boats of Northport carry nets. Body Role Harbor Office Counts the nets."


class TestPages:
    def test_a_page_read_whole_has_no_finding(self) -> None:
        assert list(lost_text(chapter(TEXT))) == []
        assert list(lost_text(chapter(TEXT.replace("Counts the", "Counts\r\nthe").replace("Harbor ", "Harbor")))) == []

    def test_words_that_only_the_page_has_are_lost(self) -> None:
        (issue,) = lost_text(chapter(TEXT + " Saltmarsh goats"))
        assert (issue.check, issue.severity, issue.where.page) == ("text_lost", "error", 1)
        assert "saltmarsh goats" in issue.message

    def test_words_that_were_left_out_on_purpose_are_not_lost(self) -> None:
        assert list(lost_text(chapter(TEXT + " Saltmarsh goats", left_out="Saltmarsh goats"))) == []

    def test_words_that_the_page_shows_less_often_are_doubled(self) -> None:
        (issue,) = lost_text(chapter(TEXT.replace("Northport carry ", "")))
        assert (issue.check, issue.severity) == ("text_doubled", "error")

    def test_a_bullet_that_its_font_names_n_is_no_lost_text(self) -> None:
        assert list(lost_text(chapter(TEXT + " n n n n n"))) == []


def cell(table: str, column: str, raw: str) -> dict[str, Any]:
    return {"table": table, "row": 1, "column": column, "raw": raw, **PLACE}


class TestCells:
    @pytest.mark.parametrize(
        ("table", "column", "raw"),
        [
            ("conventions", "convention", "UN CRC UN CRC Optional Protocol on Armed Conflict"),
            ("legal_standards", "standard", "Minimum Age for Work Minimum Age for Hazardous Work"),
            ("statistics", "indicator", "Attending School (%) Combining Work and School (%)"),
            ("suggested_actions", "area", "Coordination Government Policies"),
            ("enforcement", "raw", "No (16) No (16) Yes (15)"),
            ("legal_standards", "status", "Yes Yes"),
            ("suggested_actions", "years", "2016 – 2019 2018 – 2019"),
            ("statistics", "percent", "12.6 (6,567) 93.1"),
        ],
    )
    def test_a_cell_with_the_content_of_two_rows_is_an_error(self, table: str, column: str, raw: str) -> None:
        (issue,) = crowded_cells({"provenance": [cell(table, column, raw)]})
        assert (issue.check, issue.severity, issue.table, issue.row) == ("cell_crowded", "error", table, 1)

    @pytest.mark.parametrize(
        ("table", "column", "raw"),
        [
            ("conventions", "convention", "UN CRC Optional Protocol on Armed Conflict"),
            ("enforcement", "raw", "$3.9 million (12)"),
            ("statistics", "percent", "4.0 ( 866,293)"),
            ("enforcement", "raw", "1,484‡ (3)"),
            ("enforcement", "raw", "116, 535 (18)"),
            ("statistics", "percent", "12.6 (6,567)"),
            ("suggested_actions", "years", "2011, 2014 – 2016"),
            ("activities", "activity", "Farming, fishing Herding"),
        ],
    )
    def test_a_cell_of_one_row_is_none(self, table: str, column: str, raw: str) -> None:
        assert list(crowded_cells({"provenance": [cell(table, column, raw)]})) == []

    def test_a_label_inside_another_is_not_counted(self) -> None:
        assert labels_in("conventions", "UN CRC Optional Protocol on Armed Conflict") == 1


def test_a_gap_in_the_references_is_the_publishers_if_nothing_was_lost() -> None:
    gap = Issue("reference_number_skipped", "error", "the source prints 32 and then 34")
    lost = Issue("text_lost", "error", "words are lost")
    assert [issue.origin for issue in with_origins([gap])] == ["source"]
    assert [issue.origin for issue in with_origins([gap, lost])] == ["reading", "reading"]
