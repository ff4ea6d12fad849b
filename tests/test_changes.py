"""What a release changes is said whole, in order, with its cause; what would lose too much is stopped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from flows import changes as flows_changes
from flows.changes import COUNTED, SHOWN, UNGUARDED, Census, Loss, assessed, compare, summary
from tests.conftest import arvenia, arvenia_tables, record

Frames = dict[str, pd.DataFrame]


def published(*chapters: Any) -> Frames:
    """The tables of a release."""
    validated = schemas.validate([*chapters])
    assert validated.quarantined == 0, validated.tables["quarantine"]["reason"].tolist()
    return validated.tables


def losses(before: Frames | None, after: Frames, share: float = 0.2, least: int = 20) -> list[Loss]:
    """The losses between two releases, by the numbers of their rows."""
    one, other = (
        Census(
            {name: Counter(frame["doc_id"]) for name, frame in tables.items()},
            assessed(tables["documents"]) if "documents" in tables else Counter(),
        )
        for tables in (before or {}, after)
    )
    return flows_changes.losses(one, other, share, least)


def activities(*names: str) -> list[dict[str, Any]]:
    return [record("activities", number, activity=name) for number, name in enumerate(names, start=1)]


def paragraphs(*texts: str) -> list[dict[str, Any]]:
    return [record("paragraphs", number, text=text) for number, text in enumerate(texts, start=1)]


def lines(changes: pd.DataFrame, table: str) -> list[tuple[Any, ...]]:
    """Change, key, field, before, after and rows of one table."""
    mine = changes[changes["table"] == table]
    return list(mine[["change", "key", "field", "before", "after", "rows"]].itertuples(index=False, name=None))


def only(year: int = 2019, **tables: list[dict[str, Any]]) -> Any:
    """A chapter in which nothing but ``documents`` and the given tables has rows, so that nothing points astray."""
    empty: dict[str, Any] = {name: [] for name in schemas.TABLES if name != "documents"}
    return arvenia(report_year=year, **{**empty, **tables})


def test_a_release_against_itself_changes_nothing() -> None:
    before, after = arvenia_tables(), arvenia_tables()
    changes = compare(before, after, {"xav-2019": "new_code"})
    assert changes.empty
    assert summary(changes) == []
    assert changes.dtypes.astype("str").to_dict() == before["changes"].dtypes.astype("str").to_dict()


def test_the_first_release_adds_its_chapters_table_by_table() -> None:
    after = arvenia_tables()
    changes = compare(None, after, {"xav-2019": "new_input"})
    assert set(changes["change"]) == {"chapter_added"}
    assert set(changes["cause"]) == {"new_input"}
    counts = {name: len(frame) for name, frame in after.items() if len(frame)}
    assert dict(zip(changes["table"], changes["rows"], strict=True)) == counts
    assert changes["row"].tolist() == list(range(1, len(counts) + 1))


def test_a_chapter_that_is_gone_is_said_table_by_table() -> None:
    kept = only(activities=activities("a"))
    changes = compare(published(only(2018, activities=activities("a", "b")), kept), published(kept), {})
    mine = changes[changes["doc_id"] == "xav-2018"]
    assert set(mine["change"]) == {"chapter_retired"}
    assert set(mine["cause"]) == {"retired"}
    assert {"table": "activities", "added": 0, "removed": 2, "changed": 0, "moved": 0, "chapters": 1} in summary(
        changes
    )


def test_a_value_is_named_by_its_key_and_field() -> None:
    after = arvenia_tables()
    after["enforcement"].loc[0, "value"] = 7.5
    changes = compare(arvenia_tables(), after, {"xav-2019": "new_release"})
    assert len(changes) == 1
    one = changes.iloc[0].to_dict()
    assert one["doc_id"] == "xav-2019"
    assert one["key"] == "labor / inspectors / Number of Labor Inspectors / Northern Isles / 2019"
    assert (one["table"], one["change"], one["field"]) == ("enforcement", "changed", "value")
    assert (one["before"], one["after"], one["table_row"], one["cause"]) == ("1210000", "7.5", 1, "new_release")


def test_a_row_put_in_first_changes_no_other_row() -> None:
    before = published(only(activities=activities("Mining", "Fishing")))
    after = published(only(activities=activities("Herding", "Mining", "Fishing")))
    shown = lines(compare(before, after, {}), "activities")
    assert [(change, key, rows) for change, key, *_, rows in shown] == [
        ("added", "Industry / Herding", 1),
        ("moved", "", 2),
    ]
    assert json.loads(shown[0][4])["activity"] == "Herding"
    gone = lines(compare(after, before, {}), "activities")
    assert [(change, key) for change, key, *_ in gone] == [("removed", "Industry / Herding"), ("moved", "")]
    assert json.loads(gone[0][3])["activity"] == "Herding"


def test_rows_that_point_follow_the_row_they_point_at() -> None:
    def made(*names: str) -> Any:
        row = 1 + names.index("Mining")
        return only(
            activities=activities(*names),
            references=[record("references")],
            citations=[record("citations", row)],
            provenance=[record("provenance", row)],
        )

    changes = compare(published(made("Mining")), published(made("Herding", "Mining")), {})
    assert lines(changes, "citations") == [("moved", "", "", "", "", 1)]
    assert lines(changes, "provenance") == [("moved", "", "", "", "", 1)]


def test_of_rows_with_one_key_the_most_alike_are_the_same_row() -> None:
    first, second = "Children herd goats in the north.", "The law sets the age at fifteen."
    before = published(only(paragraphs=paragraphs(first, second)))
    after = published(
        only(paragraphs=paragraphs("A new survey came out.", first, second.replace("fifteen", "sixteen")))
    )
    shown = lines(compare(before, after, {}), "paragraphs")
    section = "legal_framework / Criminal Law Enforcement"
    assert [line[:3] for line in shown] == [
        ("added", f"{section} #1", ""),
        ("changed", f"{section} #3", "text"),
        ("moved", "", ""),
    ]
    assert shown[1][3:5] == (second, second.replace("fifteen", "sixteen"))


def test_a_place_that_moved_is_counted_once_a_table() -> None:
    after = arvenia_tables()
    after["activities"]["page"] = 9
    shown = lines(compare(arvenia_tables(), after, {}), "activities")
    assert shown == [("moved", "", "", "", "", 2)]


@pytest.mark.parametrize("table", COUNTED)
def test_long_tables_show_the_first_changes_and_count_the_others(table: str) -> None:
    unlike: dict[str, Callable[[int], dict[str, Any]]] = {
        "citations": lambda number: {"number": number, "resolved": False},
        "entities": lambda number: {"text": f"MOL{number}"},
        "entity_registry": lambda number: {"entity_id": f"xav-2019-{number:06}", "row": number},
        "provenance": lambda number: {"column": f"column{number}"},
        "works": lambda number: {"work_id": f"w{number:012}", "row": number},
    }
    rows = [{**record(table), **unlike[table](number)} for number in range(1, 51)]
    base: dict[str, Any] = {"activities": activities("Mining"), "agencies": [record("agencies")]}
    changes = compare(published(only(2019, **base)), published(only(2019, **{**base, table: rows})), {})
    mine = changes[changes["table"] == table]
    assert len(mine) == SHOWN + 1
    assert mine["rows"].sum() == 50
    assert mine["rows"].iloc[-1] == 50 - SHOWN
    assert mine["key"].iloc[-1] == ""


def test_a_chapter_not_read_again_can_still_change() -> None:
    before = only(activities=activities("a"))
    later = published(replace(before, tables={**before.tables, "releases": [record("releases")]}))
    changes = compare(published(before), later, {})
    assert changes["cause"].tolist() == ["derived"]


def test_an_unknown_cause_is_refused() -> None:
    with pytest.raises(ValueError, match="the moon"):
        compare(None, arvenia_tables(), {"xav-2019": "the moon"})


def test_other_columns_are_said_and_the_common_ones_compared() -> None:
    before, after = (published(only(activities=activities("Mining", "Fishing"))) for _ in range(2))
    before["activities"] = before["activities"].drop(columns="hazardous").assign(colour="red")
    before["activities"].loc[0, "limited_evidence"] = True
    shown = lines(compare(before, after, {"xav-2019": "new_schema"}), "activities")
    assert shown[0] == ("columns_changed", "", "", "colour", "hazardous", 2)
    assert [line[:5] for line in shown[1:]] == [("changed", "Industry / Mining", "limited_evidence", "true", "false")]


def test_a_column_of_the_key_may_be_new() -> None:
    before, after = arvenia_tables(), arvenia_tables()
    before["citations"] = before["citations"].drop(columns="row")
    before["agencies"] = before["agencies"].drop(columns="territory")
    assert set(compare(before, after, {})["change"]) == {"columns_changed"}


def test_a_table_that_only_one_release_has_is_counted() -> None:
    before, after = arvenia_tables(), arvenia_tables()
    del before["entity_registry"]
    assert lines(compare(before, after, {}), "entity_registry") == [("added", "", "", "", "", 2)]
    assert lines(compare(after, before, {}), "entity_registry") == [("removed", "", "", "", "", 2)]


def test_the_same_change_is_told_in_the_same_order_whatever_the_order_of_rows_and_tables() -> None:
    before = published(only(2018), only(activities=activities("a", "b", "c"), programs=[record("programs")]))
    after = published(only(activities=activities("d", "b", "e"), footnotes=[record("footnotes")]), only(2020))
    told = compare(before, after, {})
    shuffled = {name: before[name].iloc[::-1] for name in reversed(before)}
    again = compare(shuffled, {name: after[name] for name in reversed(after)}, {})
    assert sorted(told["doc_id"].unique()) == ["xav-2018", "xav-2019", "xav-2020"]
    assert Counter(told.drop(columns="row").itertuples(index=False)) == Counter(
        again.drop(columns="row").itertuples(index=False)
    )
    pd.testing.assert_frame_equal(told, compare(before, after, {}))
    pd.testing.assert_frame_equal(told, told.sort_values(["doc_id", "table", "row"], ignore_index=True))


WORDS = st.sampled_from(["Mining", "Fishing", "Herding", "Farming"])
CHAPTERS = st.dictionaries(
    st.sampled_from([2017, 2018, 2019]),
    st.fixed_dictionaries(
        {
            "activities": st.lists(st.tuples(WORDS, st.booleans()), max_size=8),
            "references": st.lists(st.tuples(st.integers(1, 9), WORDS), max_size=6, unique_by=lambda pair: pair[0]),
        }
    ),
)


FEW = settings(max_examples=10, deadline=None)


@cache
def empty() -> Frames:
    """Every table without rows."""
    return schemas.validate([]).tables


def release(drawn: dict[int, dict[str, list[tuple[Any, Any]]]]) -> Frames:
    """A release of small chapters, made without validation: it is what takes the time."""
    rows: dict[str, list[dict[str, Any]]] = {"documents": [], "activities": [], "references": []}
    for year, tables in sorted(drawn.items()):
        chapter: dict[str, Any] = {"doc_id": f"xav-{year}", "report_year": year}
        rows["documents"].append(record("documents", **chapter))
        for row, (name, flag) in enumerate(tables["activities"], start=1):
            rows["activities"].append(record("activities", row, activity=name, hazardous=flag, **chapter))
        for row, (number, text) in enumerate(tables["references"], start=1):
            rows["references"].append(record("references", row, number=number, text=text, **chapter))
    return {
        name: pd.DataFrame(of_table, columns=empty()[name].columns).astype(empty()[name].dtypes.to_dict())
        for name, of_table in rows.items()
    }


@FEW
@given(CHAPTERS)
def test_any_release_against_itself_changes_nothing(drawn: dict[int, Any]) -> None:
    one = release(drawn)
    assert compare(one, {name: frame.copy() for name, frame in one.items()}, {}).empty
    assert losses(one, one, share=0, least=1) == []


@FEW
@given(CHAPTERS, CHAPTERS)
def test_what_is_said_explains_the_difference(first: dict[int, Any], second: dict[int, Any]) -> None:
    before, after = release(first), release(second)
    changes = compare(before, after, {})
    said = {line["table"]: line for line in summary(changes)}
    for name in before:
        line = said.get(name, {"added": 0, "removed": 0})
        assert len(before[name]) + line["added"] - line["removed"] == len(after[name]), name
    compared = [name for name in before if name != "changes"]
    assert changes.empty == all(before[name].equals(after[name]) for name in compared)


@FEW
@given(CHAPTERS, CHAPTERS, st.floats(0, 1), st.integers(1, 8))
def test_a_loss_is_told_exactly_when_it_is_one(
    first: dict[int, Any], second: dict[int, Any], share: float, least: int
) -> None:
    before, after = release(first), release(second)
    told = {loss.table: loss for loss in losses(before, after, share, least) if loss.what == "rows"}
    for name in set(before) - set(UNGUARDED):
        old, new = (Counter(frame["doc_id"]) for frame in (before[name], after[name]))
        lost = (old - new).total()
        assert (name in told) == (lost >= least and lost > share * old.total())
        if name in told:
            assert (told[name].before, told[name].after, told[name].lost) == (len(before[name]), len(after[name]), lost)


def many(count: int, year: int = 2019) -> Any:
    """A chapter of which only one table has rows."""
    return only(year, activities=activities(*(f"Work {number}" for number in range(count))))


@pytest.mark.parametrize(
    ("old", "new", "stopped"),
    [(100, 79, True), (100, 80, False), (100, 100, False), (100, 150, False), (19, 0, False), (20, 0, True)],
)
def test_a_fifth_and_twenty_rows(old: int, new: int, stopped: bool) -> None:
    found = losses(published(many(old)), published(many(new)))
    assert [loss.table for loss in found] == (["activities"] if stopped else [])


def test_a_loss_reads_as_a_sentence() -> None:
    (loss,) = losses(published(many(100)), published(many(60)))
    assert str(loss) == "activities would lose 40 of 100 rows (40 %), 60 would be left"


def test_new_chapters_do_not_hide_the_loss_of_an_old_one() -> None:
    before = published(*(many(50, year) for year in (2018, 2019)))
    after = published(*(many(50, year) for year in (2019, 2020, 2021)))
    (loss,) = losses(before, after)
    assert (loss.table, loss.before, loss.after, loss.lost) == ("activities", 100, 150, 50)


def test_assessments_that_would_be_gone_are_a_loss() -> None:
    def made(level: str) -> Frames:
        return published(*(only(year, documents=[record("documents", assessment=level)]) for year in range(1991, 2021)))

    (loss,) = losses(made("Moderate Advancement"), made("No Assessment"))
    assert str(loss) == "documents would lose 30 of 30 assessed chapters (100 %), 0 would be left"


def test_findings_and_failed_rows_may_go_and_a_first_release_loses_nothing() -> None:
    quality = [record("quality", None, message=f"finding {number}") for number in range(100)]
    assert losses(published(only(quality=quality)), published(only())) == []
    assert losses(None, arvenia_tables()) == []


def test_a_table_that_the_new_release_lacks_is_lost() -> None:
    before, after = published(many(30)), published(many(30))
    del after["activities"]
    assert [loss.table for loss in losses(before, after)] == ["activities"]


def test_keys_name_columns_of_every_table() -> None:
    assert set(schemas.KEYS) == schemas.TABLES.keys() - {"changes"}
    for name, key in schemas.KEYS.items():
        assert set(key) <= set(schemas.TABLES[name].to_schema().columns), name
