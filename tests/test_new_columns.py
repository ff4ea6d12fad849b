"""The columns of statistics, laws and conventions in rows that are made of whole chapters of an invented country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pycountry

from extractors.chapter.records import extract_records
from extractors.chapter.segment import segment
from extractors.rules import current
from tests.builders import Draft, begun

Rows = list[dict[str, Any]]


def tables(draft: Draft) -> Mapping[str, Rows]:
    chapter = draft.chapter()
    (extraction,) = extract_records(chapter, segment(chapter))
    return extraction.tables


def pick(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def found(tables: Mapping[str, Rows], check: str) -> list[tuple[Any, ...]]:
    return pick([row for row in tables["quality"] if row["check"] == check], "table", "row")


def test_a_country_keeps_its_name_and_region_when_its_printed_name_changes() -> None:
    found = []
    for name in ("Swaziland", "Eswatini"):
        draft = Draft()
        draft.head(name)
        draft.summary(f"In 2031, {name} made a moderate advancement in eliminating such work.")
        draft.heading("I. PREVALENCE AND SECTORAL DISTRIBUTION OF CHILD LABOR")
        found += pick(tables(draft)["countries"], "iso3", "country", "name", "region")
    assert found == [
        ("SWZ", "Swaziland", "Eswatini", "Sub-Saharan Africa"),
        ("SWZ", "Eswatini", "Eswatini", "Sub-Saharan Africa"),
    ]


def test_every_country_with_a_name_of_its_own_has_a_region() -> None:
    used = current()
    regions = {code for names in used.regions.values() for code in names}
    assert set(used.countries) <= regions
    assert {code for code in regions if pycountry.countries.get(alpha_3=code) is None} == {"XKX", "XAV"}


def test_statistics_of_the_form_of_2023() -> None:
    """Rows for boys, girls and areas belong to the indicator above them; hazardous work has its ages in the label."""
    draft = begun()
    rows = [
        ("Working", "5 to 14", "12.6% (6,567)"),
        ("Boys", "", "14.0% (3,800)"),
        ("Urban", "", "Unavailable"),
        ("Hazardous Work by Children (15 to 17)", "", "8.5% (Unavailable)"),
        ("Girls", "", "7.1% (1,400)"),
        ("Attending School", "5 to 14", "93.1%"),
    ]
    draft.grid(("Children", "Age", "Percent and Population"), rows)
    made = tables(draft)
    assert pick(made["statistics"], "indicator", "subgroup", "age_min", "age_max", "percent", "population") == [
        ("working", "", 5, 14, 12.6, 6567),
        ("working", "boys", 5, 14, 14.0, 3800),
        ("working", "urban", 5, 14, None, None),
        ("hazardous_work", "", 15, 17, 8.5, None),
        ("hazardous_work", "girls", 15, 17, 7.1, 1400),
        ("attending_school", "", 5, 14, 93.1, None),
    ]
    assert pick(made["statistics"], "label")[3] == ("Hazardous Work by Children (15 to 17)",)
    assert found(made, "label_unknown") == found(made, "value_unread") == []


def test_a_printed_number_without_a_value_is_an_error() -> None:
    """Two ages in one cell are neither; a word in place of an answer is no loss."""
    draft = begun()
    draft.grid(("Children", "Age", "Percent"), [("Attending School (%)", "5 to 14 5 to 14", "93.1")])
    draft.grid(("Standard", "Meets International Standards"), [("Compulsory Education Age", "Recruitment")])
    quality = [(q["table"], q["severity"]) for q in tables(draft)["quality"] if q["check"] == "value_unread"]
    assert quality == [("statistics", "error"), ("legal_standards", "warning")]


def test_standards_of_the_form_of_2023() -> None:
    """The age is the second column, and the answers are marks; an age that is not one plain number is named."""
    draft = begun()
    rows = [
        ("Minimum Age for Work", "14/12/10", "✗", "Code"),
        ("Minimum Age for Hazardous Work", "18", "✓", "Code"),
        ("Compulsory Education Age", "17.5", "✓", "Act"),
        ("Minimum Age for Voluntary State Military Recruitment", "Combat 18 / Non-combat 17", "N/A*†", ""),
        ("Prohibition of Slavery, Debt Bondage, and Forced Labor", "", "✓", "Code"),
    ]
    draft.grid(("Standard", "Age", "Meets International Standards", "Legislation"), rows)
    made = tables(draft)
    assert pick(made["legal_standards"], "standard", "label", "status", "age", "age_to", "age_note") == [
        ("minimum_age_work", rows[0][0], "No", 14, 10, "14/12/10"),
        ("minimum_age_hazardous_work", rows[1][0], "Yes", 18, None, ""),
        ("compulsory_education_age", rows[2][0], "Yes", 17.5, None, "17.5"),
        ("minimum_age_voluntary_military", rows[3][0], "N/A", 18, 17, "Combat 18 / Non-combat 17"),
        ("forced_labor_prohibited", rows[4][0], "Yes", None, None, ""),
    ]
    assert found(made, "value_unread") == [("legal_standards", 1), ("legal_standards", 3), ("legal_standards", 4)]


def test_a_ratification_that_is_neither_yes_nor_no() -> None:
    draft = begun()
    names = ("ILO C. 138, Minimum Age", "ILO C. 182, Worst Forms of Child Labor", "UN CRC")
    draft.grid(("Convention", "Ratification"), list(zip(names, ("N/A", "Unknown", "✗"), strict=True)))
    made = tables(draft)
    assert pick(made["conventions"], "ratified", "status") == [
        (None, "not_applicable"),
        (None, "unknown"),
        (False, "not_ratified"),
    ]
    assert found(made, "value_unread") == []


def test_a_number_that_a_blank_cuts_is_read_whole_and_named() -> None:
    draft = begun()
    draft.grid(("Overview of Labor Law Enforcement", "2030", "2031"), [("Number of Labor Inspectors", "116, 535", "7")])
    made = tables(draft)
    assert pick(made["enforcement"], "raw", "value") == [("116, 535", 116_535), ("7", 7)]
    assert found(made, "number_repaired") == [("enforcement", 1)]
