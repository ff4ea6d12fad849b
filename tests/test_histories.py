"""Which suggested actions of several reports are one. The country and its actions are invented."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from extractors.chapter.histories import link_actions
from tests.conftest import record

Rows = list[dict[str, Any]]


def action(year: int, text: str, first: int | None, area: str = "enforcement", row: int = 1) -> dict[str, Any]:
    values = {"doc_id": f"xav-{year}", "report_year": year, "action": text, "first_year": first, "area": area}
    return record("suggested_actions", row, territory="", **values)


def linked(*rows: dict[str, Any]) -> Rows:
    """The rows of all reports, linked, in the order of the reports."""
    reports: dict[int, Rows] = defaultdict(list)
    for row in rows:
        reports[row["report_year"]].append(row)
    return [row for found in link_actions([{"suggested_actions": rows} for rows in reports.values()]) for row in found]


def number_of_actions(rows: Rows) -> int:
    return len({row["action_id"] for row in rows})


TRAIN = "Train more inspectors of the coast, also in villages."
REWORDED = "Ensure that inspectors on the coast get training."


def test_the_same_words_are_one_action() -> None:
    rows = linked(action(2018, TRAIN, 2016), action(2019, TRAIN, 2016))
    assert number_of_actions(rows) == 1
    assert [(row["likeness"], row["suggested_since"]) for row in rows] == [(None, 2016), (100, 2016)]
    assert rows[0]["action_id"].startswith("xav-2018-")


def test_reworded_and_suggested_since_the_same_year_is_one() -> None:
    rows = linked(action(2018, TRAIN, 2016), action(2019, REWORDED, 2016))
    assert number_of_actions(rows) == 1
    assert 45 <= rows[1]["likeness"] < 80


def test_reworded_and_suggested_since_another_year_is_another() -> None:
    rows = linked(action(2018, TRAIN, 2016), action(2019, REWORDED, 2019))
    assert number_of_actions(rows) == 2
    assert [row["suggested_since"] for row in rows] == [2016, 2019]


def test_an_action_goes_on_in_another_area_if_its_words_do() -> None:
    rows = linked(action(2018, TRAIN, 2016), action(2019, TRAIN, 2016, area="coordination"))
    assert number_of_actions(rows) == 1
    assert rows[1]["likeness"] == 90


def test_an_earlier_report_says_since_when_if_a_later_one_forgets() -> None:
    rows = linked(action(2017, TRAIN, 2015), action(2019, TRAIN, 2018))
    assert [row["suggested_since"] for row in rows] == [2015, 2015]


def test_a_row_continues_one_action_at_most() -> None:
    rows = linked(action(2018, TRAIN, 2016), *(action(2019, TRAIN, 2016, row=n) for n in (1, 2)))
    assert number_of_actions(rows) == 2
    assert [row["likeness"] for row in rows] == [None, 100, None]


def test_neither_the_order_of_files_nor_a_new_report_changes_an_id() -> None:
    first, second = action(2018, TRAIN, 2016), action(2019, TRAIN, 2016)
    other = action(2018, "Mend the boats.", 2018, row=2)
    ids = {row["action"]: row["action_id"] for row in linked(first, other)}
    for rows in (linked(second, other, first), linked(first, other, second), linked({**first, "row": 2}, second)):
        assert {row["action_id"] for row in rows if row["action"] == TRAIN} == {ids[TRAIN]}


def test_a_country_has_actions_of_its_own() -> None:
    here = action(2018, TRAIN, 2016)
    there = {**here, "doc_id": "xbv-2018", "iso3": "XBV"}
    rows = [row for found in link_actions([{"suggested_actions": [row]} for row in (here, there)]) for row in found]
    assert number_of_actions(rows) == 2


def test_a_damaged_report_changes_ids_only_until_it_is_repaired() -> None:
    reports = [action(2018, TRAIN, 2016), action(2019, TRAIN, 2016), action(2020, TRAIN, 2016)]
    whole = [row["action_id"] for row in linked(*reports)]
    between = [row["action_id"] for row in linked(reports[0], reports[2])]  # the page of 2019 is missing
    first = [row["action_id"] for row in linked(*reports[1:])]  # that of 2018: the action begins a year later
    assert (len(set(whole)), between, len({*first, *whole})) == (1, whole[:2], 2)
    assert [row["action_id"] for row in linked(*reports)] == whole
