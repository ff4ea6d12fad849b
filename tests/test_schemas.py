"""Every check of the schemas fails on a bad row, and affects only that row; a bad value affects only its column."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pandera
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from extractors.model import Extraction
from tests.conftest import ROOT, arvenia, arvenia_tables, record, small_arvenia

DTYPES = {"Int64", "Float64", "bool", "boolean", "str"}


def test_a_valid_chapter_is_published_whole() -> None:
    validated = schemas.validate([arvenia()])
    assert validated.quarantined == 0, validated.tables["quarantine"]["reason"].tolist()
    assert set(validated.tables) == set(schemas.TABLES)
    assert {name: len(validated.tables[name]) for name in ("documents", "activities", "citations", "quality")} == {
        "documents": 1,
        "activities": 2,
        "citations": 2,
        "quality": 2,
    }


def test_no_chapter_gives_empty_tables_with_the_same_types() -> None:
    empty, full = schemas.validate([]).tables, arvenia_tables()
    for name in schemas.TABLES:
        assert len(empty[name]) == 0
        assert empty[name].dtypes.astype("str").to_dict() == full[name].dtypes.astype("str").to_dict()
        assert set(empty[name].dtypes.astype("str")) <= DTYPES


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("activities", {"iso3": "xav"}, "not of chapter"),
    ("activities", {"doc_id": "xav-2020"}, "not of chapter"),
    ("activities", {"report_year": 2020}, "not of chapter"),
    ("activities", {"row": 0}, "row: 0 fails"),
    ("activities", {"row": None}, "row"),
    ("activities", {"row": 1}, "used twice"),
    ("activities", {"page": 0}, "page"),
    ("activities", {"line": 7}, "not both"),
    ("activities", {"bbox": "1,2,3"}, "bbox"),
    ("activities", {"activity": ""}, "activity"),
    ("activities", {"activity": None}, "activity"),
    ("activities", {"activity": 3}, "activity: 3 is no str"),
    ("activities", {"activity": "half a character \ud83d"}, "activity"),
    ("activities", {"hazardous": None}, "hazardous: None is no bool"),
    ("activities", {"hazardous": "yes"}, "hazardous"),
    ("statistics", {"indicator": "sleeping"}, "indicator"),
    ("sectors", {"sector": "mining"}, "sector"),
    ("conventions", {"convention": "ilo_c1"}, "convention"),
    ("legal_standards", {"standard": "minimum_wage"}, "standard"),
    ("enforcement", {"domain": "naval"}, "domain"),
    ("enforcement", {"metric": "inspectors"}, "metric does not belong"),
    ("enforcement", {"year": 20199}, "year"),
    ("suggested_actions", {"area": "weather"}, "area"),
    ("references", {"number": 0}, "number"),
    ("references", {"number_source": "guessed"}, "number_source"),
    ("paragraphs", {"section": "appendix"}, "section"),
    ("citations", {"table": "activities", "row": 9}, "points at activities row 9"),
    ("citations", {"table": "nowhere"}, "points at nowhere"),
    ("citations", {"resolved": False}, "resolved"),
    ("citations", {"number": 99}, "resolved"),
    ("provenance", {"row": 9}, "points at activities row 9"),
    ("entities", {"row": 9}, "points at agencies row 9"),
    ("entities", {"label": "RIVER"}, "label"),
    ("entities", {"start": 3}, "start is not before end"),
    ("quality", {"severity": "grave"}, "severity"),
    ("quality", {"check": "Two Words"}, "check"),
]

EMPTIED: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("statistics", {"percent": 100.5}, ("percent",)),
    ("statistics", {"percent": -1.0}, ("percent",)),
    ("statistics", {"percent": float("nan")}, ("percent",)),
    ("statistics", {"percent": "many"}, ("percent",)),
    ("statistics", {"age_min": 26, "age_max": None}, ("age_min",)),
    ("statistics", {"age_min": 15}, ("age_min", "age_max")),
    ("statistics", {"population": 1.5}, ("population",)),
    ("statistics", {"population": True}, ("population",)),
    ("statistics", {"population": 10**30}, ("population",)),
    ("sectors", {"percent": 101.0}, ("percent",)),
    ("legal_standards", {"status": "Maybe"}, ("status",)),
    ("legal_standards", {"age": 99}, ("age",)),
    ("enforcement", {"status": "blank"}, ("value", "unit")),
    ("enforcement", {"unit": "euro"}, ("unit",)),
    ("policies", {"year_start": 2023}, ("year_start", "year_end")),
    ("suggested_actions", {"years": "2016 – 2019"}, ("years",)),
    ("suggested_actions", {"first_year": 2018}, ("first_year", "last_year")),
    ("suggested_actions", {"last_year": 2101}, ("last_year",)),
    ("references", {"url": "example.org"}, ("url",)),
    ("references", {"url_guess": "https://example.org/a b"}, ("url_guess",)),
    ("references", {"date_iso": "2019-13"}, ("date_iso",)),
]
"""Table, bad value, and the columns that are emptied for it."""


def country(number: int) -> str:
    """The code of an invented country for each number."""
    return f"X{chr(65 + number // 26)}{chr(65 + number % 26)}"


@pytest.fixture(scope="module")
def bad_rows() -> tuple[list[Extraction], schemas.Validated]:
    """For every case one chapter with one bad row, all validated together (checking one chapter takes as long)."""
    chapters = [arvenia(iso3=country(number)) for number in range(len(BAD))]
    for chapter, (table, change, _) in zip(chapters, BAD, strict=True):
        own = {"doc_id": chapter.doc_id[:4] + "2020"} if change == {"doc_id": "xav-2020"} else change
        chapter.tables[table][1].update(own)
    return chapters, schemas.validate(chapters)


@pytest.mark.parametrize("number", range(len(BAD)), ids=[f"{t}-{next(iter(c))}-{r}" for t, c, r in BAD])
def test_a_bad_row_goes_to_quarantine_alone(bad_rows: tuple[list[Extraction], schemas.Validated], number: int) -> None:
    (table, _, reason), chapter = BAD[number], bad_rows[0][number]

    def own(name: str) -> pd.DataFrame:
        frame = bad_rows[1].tables[name]
        return frame[frame["doc_id"] == chapter.doc_id]

    quarantine = own("quarantine")
    mine = quarantine[quarantine["table"] == table]
    assert len(mine) == 1
    assert reason in mine["reason"].iloc[0]
    kept = own(table)
    assert (kept["check"] != "rows_quarantined").sum() == 1 if table == "quality" else len(kept) == 1
    quality = own("quality")
    assert table in quality[quality["check"] == "rows_quarantined"]["table"].tolist()
    assert json.loads(mine["record"].iloc[0]).keys() == chapter.tables[table][1].keys()


@pytest.fixture(scope="module")
def bad_values() -> tuple[list[Extraction], schemas.Validated]:
    chapters = [arvenia(iso3=country(number)) for number in range(len(EMPTIED))]
    for chapter, (table, change, _) in zip(chapters, EMPTIED, strict=True):
        chapter.tables[table][1].update(change)
    return chapters, schemas.validate(chapters)


@pytest.mark.parametrize("number", range(len(EMPTIED)), ids=[f"{t}-{next(iter(c))}" for t, c, _ in EMPTIED])
def test_a_bad_value_empties_its_column_and_the_row_stays(
    bad_values: tuple[list[Extraction], schemas.Validated], number: int
) -> None:
    (table, change, emptied), chapter = EMPTIED[number], bad_values[0][number]
    frames = {name: frame[frame["doc_id"] == chapter.doc_id] for name, frame in bad_values[1].tables.items()}
    assert len(frames["quarantine"]) == 0
    assert len(frames[table]) == 2
    row = frames[table].iloc[1]
    assert all(row[column] == "" if isinstance(row[column], str) else pd.isna(row[column]) for column in emptied)
    found = frames["quality"][frames["quality"]["check"] == "value_invalid"]
    assert found["row"].tolist() == [2] * len(emptied)
    assert [message.split(":")[0] for message in found["message"]] == list(emptied)
    assert set(found["severity"]) == {"error"}
    unchanged = {c: v for c, v in chapter.tables[table][1].items() if c not in (*emptied, *change)}
    assert all(row[column] == value for column, value in unchanged.items() if value not in (None, ""))


def test_a_removed_value_is_in_the_message() -> None:
    chapter = small_arvenia()
    chapter.tables["references"][0]["url"] = "htp:damaged.example.org"
    quality = schemas.validate([chapter]).tables["quality"]
    (message,) = quality[quality["check"] == "value_invalid"]["message"]
    assert "htp:damaged.example.org" in message


def test_a_row_in_quarantine_keeps_the_values_as_read() -> None:
    chapter = small_arvenia()
    chapter.tables["statistics"][1].update(age_min=15, population="many", row=1)
    tables = schemas.validate([chapter]).tables
    (kept,) = tables["quarantine"][tables["quarantine"]["table"] == "statistics"]["record"]
    assert (json.loads(kept)["age_min"], json.loads(kept)["population"]) == (15, "many")
    assert "value_invalid" not in tables["quality"]["check"].tolist()


def test_a_row_tells_all_its_reasons() -> None:
    chapter = small_arvenia()
    chapter.tables["statistics"][0].update(indicator="sleeping", age_min=-3)
    reason = schemas.validate([chapter]).tables["quarantine"]["reason"].iloc[0]
    assert "indicator" in reason
    assert "age_min" in reason


def test_rows_that_point_at_a_quarantined_row_follow_it() -> None:
    chapter = arvenia()
    chapter.tables["activities"][0]["activity"] = ""
    chapter.tables["citations"][0].update(table="activities", row=1)
    quarantine = schemas.validate([chapter]).tables["quarantine"]
    assert {"activities", "citations", "provenance"} <= set(quarantine["table"])


@pytest.mark.parametrize("how", ["missing", "extra"])
def test_wrong_columns_quarantine_the_table_and_nothing_else(how: str) -> None:
    chapter = arvenia()
    for row in chapter.tables["programs"]:
        if how == "missing":
            del row["program"]
        else:
            row["colour"] = "red"
    validated = schemas.validate([chapter])
    assert len(validated.tables["programs"]) == 0
    assert set(validated.tables["quarantine"]["table"]) == {"programs"}
    assert validated.quarantined == 2


def test_a_table_without_schema_is_quarantined() -> None:
    validated = schemas.validate([small_arvenia(weather=[{"row": 1, "rain": True}])])
    assert validated.tables["quarantine"]["reason"].tolist() == ["no schema for this table"]


def test_chapters_do_not_disturb_each_other() -> None:
    bad = small_arvenia(iso3="XBV")
    bad.tables["activities"][0]["sector"] = ""
    validated = schemas.validate([bad, small_arvenia()])
    assert set(validated.tables["quarantine"]["doc_id"]) == {"xbv-2019"}
    assert validated.tables["documents"]["doc_id"].tolist() == ["xav-2019", "xbv-2019"]


def test_a_completion_rate_can_pass_100() -> None:
    chapter = small_arvenia(statistics=[record("statistics", 1, indicator="primary_completion_rate", percent=103.2)])
    assert schemas.validate([chapter]).quarantined == 0


def test_rows_are_sorted_whatever_their_order() -> None:
    chapter = arvenia()
    turned = arvenia(**{name: rows[::-1] for name, rows in chapter.tables.items() if name != "quality"})
    tables = schemas.validate([turned]).tables
    for name, frame in schemas.validate([chapter]).tables.items():
        if name not in schemas.POINTERS:
            assert frame.equals(tables[name]), name


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
DATA_TABLES = sorted(set(schemas.TABLES) - {"quarantine"})


CHANGES = st.lists(st.tuples(st.sampled_from(DATA_TABLES), st.integers(0, 20), ANYTHING), max_size=6)


@settings(max_examples=5, deadline=None)
@given(st.lists(CHANGES, min_size=3, max_size=3))
def test_no_row_is_lost_whatever_it_holds(changed: list[list[tuple[str, int, Any]]]) -> None:
    """Three chapters an example: checking them together takes as long as checking one."""
    chapters = [arvenia(iso3=country(number)) for number in range(len(changed))]
    for chapter, changes in zip(chapters, changed, strict=True):
        for table, column, value in changes:
            rows = chapter.tables.get(table, [])
            if rows:
                rows[column % len(rows)][list(rows[0])[column % len(rows[0])]] = value
    came_in = sum(len(rows) for chapter in chapters for rows in chapter.tables.values())
    tables = schemas.validate(chapters).tables
    checks = tables["quality"]["check"]
    reported, emptied = int((checks == "rows_quarantined").sum()), int((checks == "value_invalid").sum())
    assert came_in + reported + emptied == sum(len(frame) for frame in tables.values())
    assert (len(tables["quarantine"]) == 0) == (reported == 0)


def test_a_switched_off_pandera_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pandera.config.CONFIG, "validation_enabled", False)
    with pytest.raises(schemas.ValidationSwitchedOff):
        schemas.validate([arvenia()])
    monkeypatch.setattr(pandera.config.CONFIG, "validation_enabled", True)
    monkeypatch.setattr(pandera.config.CONFIG, "validation_depth", pandera.config.ValidationDepth.SCHEMA_ONLY)
    with pytest.raises(schemas.ValidationSwitchedOff):
        schemas.validate([arvenia()])


def test_every_column_is_described() -> None:
    for name, model in schemas.TABLES.items():
        assert model.__doc__, name
        for column, spec in model.to_schema().columns.items():
            assert spec.description, f"{name}.{column}"
            assert str(spec.description)[-1] in ".?", f"{name}.{column}"


def test_the_data_dictionary_is_up_to_date() -> None:
    stands = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert stands == schemas.dictionary(), "run: findings dictionary > docs/data-dictionary.md"
