"""``row_key`` names a row by what it says: it survives another order, a better reading and a new release."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import schemas
from flows.changes import compare
from schemas.keys import with_row_keys
from tests.conftest import arvenia, arvenia_tables, record


def keys(**tables: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The keys of the rows of each table."""
    return {name: [row["row_key"] for row in rows] for name, rows in with_row_keys(tables).items()}


def activity(row: int, name: str) -> dict[str, Any]:
    return record("activities", row, sector="Industry", activity=name)


def test_a_key_says_what_the_row_says_without_blanks_case_and_accents() -> None:
    read = [activity(1, "Making bricks and tiles"), activity(2, "Mining in Tsêl Valley")]
    better = [activity(1, "Weaving"), activity(2, "Min ing in Tsel valley"), activity(3, "Making  bricks and tiles")]
    first, second = keys(activities=read)["activities"], keys(activities=better)["activities"]
    assert first == ["industry/makingbricksandtiles", "industry/miningintselvalley"]
    assert second[1:] == first[::-1]


def test_equal_rows_are_numbered_and_no_other_row_ends_like_them() -> None:
    rows = [activity(1, "Phase 2"), activity(2, "Phase"), activity(3, "Phase"), activity(4, "Phase-2")]
    assert keys(activities=rows)["activities"] == [
        "industry/phase2",
        "industry/phase",
        "industry/phase-2",
        "industry/phase2-2",
    ]


def test_long_texts_count_by_their_beginning_and_end() -> None:
    opening = "Take measures in all provinces and on all islands to ensure that "
    rows = [
        record("suggested_actions", 1, action=f"{opening} inspectors on all coasts have good boats."),
        record("suggested_actions", 2, action=f"{opening} judges on all coasts have good boats."),
    ]
    one, other = keys(suggested_actions=rows)["suggested_actions"]
    assert one == "enforcement/northernisles/takemeasuresinallprovincesando..rethatinspectorsonallcoastshavegoodboats"
    assert other == "enforcement/northernisles/takemeasuresinallprovincesando..ensurethatjudgesonallcoastshavegoodboats"


@pytest.mark.parametrize("metric", ["inspectors", "other"])
def test_a_label_counts_only_where_no_code_names_the_row(metric: str) -> None:
    rows = [record("enforcement", 1, metric=metric, label="Number of Inspectors", territory="")]
    expected = {"inspectors": "labor/inspectors/2019", "other": "labor/other/numberofinspectors/2019"}
    assert keys(enforcement=rows)["enforcement"] == [expected[metric]]


def test_a_standard_that_no_code_names_is_named_by_its_label() -> None:
    rows = [record("legal_standards", 1, standard="other", label="Minimum Age for Diving", territory="")]
    assert keys(legal_standards=rows)["legal_standards"] == ["other/minimumagefordiving"]


def test_a_pointer_is_named_by_the_row_that_it_refers_to() -> None:
    """An inserted row shifts all numbers; the keys of the citations stay."""
    cited = [{**record("citations", 1, number=17), "table": "activities"}]
    before = keys(citations=cited, activities=[activity(1, "Weaving")])
    moved = [{**cited[0], "row": 2}]
    after = keys(citations=moved, activities=[activity(1, "Fishing"), activity(2, "Weaving")])
    assert before["citations"] == after["citations"] == ["activities/industry/weaving/17"]
    assert keys(citations=cited)["citations"] == ["activities/1/17"]


def test_every_published_row_has_a_key_of_its_own() -> None:
    tables = schemas.validate([arvenia(), arvenia(iso3="XBD", statistics=[record("statistics", 1, percent=500.0)])])
    tables.tables["changes"] = compare(None, tables.tables, {})
    for name, frame in tables.tables.items():
        assert not frame.duplicated(["doc_id", "row_key"]).any(), name
        assert (frame["row_key"] != "").all(), name
    assert "value_invalid" in set(tables.tables["quality"]["check"])


def test_two_rows_with_one_key_fail_the_schema() -> None:
    tables = arvenia_tables()
    twice = pd.concat([tables["sectors"], tables["sectors"].assign(row=9)])
    with pytest.raises(Exception, match="row_key is used twice"):
        schemas.TABLES["sectors"].validate(twice, lazy=True)


def test_another_key_of_the_same_row_is_no_change() -> None:
    after = arvenia_tables()
    named = {name: frame.assign(row_key=frame["row_key"] + "x") for name, frame in after.items()}
    unnamed = {name: frame.drop(columns="row_key") for name, frame in after.items()}
    assert len(compare(named, after, {})) == len(compare(unnamed, after, {})) == 0


def test_a_lost_page_changes_no_other_key_and_its_repair_gives_all_keys_back() -> None:
    """Of equal rows the later ones are counted, so that one of them is lost with a page, not the keys of both."""
    names = ["Weaving", "Mining", "Fishing", "Mining"]
    whole = [activity(row, name) for row, name in enumerate(names, start=1)]
    cited = [{**record("citations", row, number=5), "table": "activities", "row": row} for row in (1, 3)]
    before = keys(activities=whole, citations=cited)
    left = [{**whole[0]}, {**whole[2], "row": 2}, {**whole[3], "row": 3}]  # the second row stood on the page
    damaged = keys(activities=left, citations=[cited[0], {**cited[1], "row": 2}])
    assert damaged["citations"] == before["citations"]
    assert damaged["activities"] == [before["activities"][place] for place in (0, 2, 1)]
    assert keys(activities=whole, citations=cited) == before
