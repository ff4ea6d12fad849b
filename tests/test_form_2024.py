"""The form of the reports of 2023 and 2024: an invented chapter as raw text and as a web page gives the same rows."""

from __future__ import annotations

from typing import Any

import pytest

from extractors import Extraction, extract
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


def test_both_formats_give_the_same_rows() -> None:
    (text,), (page,) = (extract(ROOT / f"tests/forms/arvenia-2024.{suffix}") for suffix in ("txt", "html"))
    for table in text.tables.keys() - {"provenance", "quality"}:
        mine, its = (
            [{key: value for key, value in row.items() if key not in FILE_COLUMNS} for row in one.tables[table]]
            for one in (text, page)
        )
        assert mine == its, table
