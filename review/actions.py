"""Shows the suggested actions of a country over its reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from review.differences import difference
from review.release import History, Record
from review.texts import Meanings, sentence


@dataclass
class ActionHistory(History):
    """A suggested action over the years, and the lowest similarity of two rows."""

    similarity: int | None = None

    @property
    def years(self) -> set[int]:
        """The years for which a report suggests the action, or for which the last one says that it did."""
        return {*self.rows, *_printed_years(self.newest["years"])}

    def state(self, last: int) -> str:
        """Return ``new``, ``continued`` or ``dropped``, compared with the report of the year ``last``."""
        if max(self.rows) < last:
            return "dropped"
        first = self.newest["first_year"]
        return "new" if len(self.rows) == 1 and (first is None or first >= last) else "continued"


def histories(rows: Iterable[Record]) -> list[ActionHistory]:
    """The actions of a country, from its rows of ``suggested_actions``: those with one ``action_id`` are one action.

    In a run of an older version, whose rows have no ``action_id``, every row is an action of its own.
    """
    actions: dict[str, ActionHistory] = defaultdict(ActionHistory)
    for row in sorted(rows, key=lambda row: (row["report_year"], row["row"])):
        action = actions[row.get("action_id") or f"{row['doc_id']} {row['row']}"]
        action.rows[row["report_year"]] = row
        if (likeness := row.get("likeness")) is not None:
            action.similarity = min(likeness, 100 if action.similarity is None else action.similarity)
    return list(actions.values())


def action_chart(rows: Iterable[Record], years: Sequence[int], meanings: Meanings) -> dict[str, Any]:
    """Return the chart of suggested actions: the years of its axis, and by area the actions with a bar for each year.

    ``years`` are the years of the country's reports in ascending order. The axis has every year from the first one that
    any action names to the last report.
    """
    areas = meanings.get("suggested_actions", {}).get("area", {})
    actions = histories(rows)
    axis = list(range(min([years[0], *(year for action in actions for year in action.years)]), years[-1] + 1))
    by_area: dict[str, list[ActionHistory]] = defaultdict(list)
    for action in actions:
        by_area[action.newest["area"]].append(action)
    order = list(areas) or sorted(by_area)
    return {
        "action_counts": _counts(actions, years),
        "action_years": axis,
        "actions": [
            (
                sentence(areas.get(area, area)),
                [_shown(action, axis) for action in sorted(by_area[area], key=_order)],
            )
            for area in sorted(by_area, key=lambda code: order.index(code) if code in order else len(order))
        ],
    }


def _counts(actions: Iterable[ActionHistory], years: Sequence[int]) -> Counter[str]:
    """Count the actions of the last two reports by their state."""
    return Counter(action.state(years[-1]) for action in actions if max(action.rows) in years[-2:])


def _order(action: ActionHistory) -> tuple[int, int, int]:
    """Sort the actions of the last report first, then by their first year."""
    return -max(action.rows), min(action.years), action.newest["row"]


def _shown(action: ActionHistory, axis: Sequence[int]) -> dict[str, Any]:
    row = action.newest
    return {
        "text": row["action"],
        "territory": row["territory"],
        "state": action.state(axis[-1]),
        "similarity": action.similarity,
        "duration": _duration(action, axis[-1]),
        "bars": [bar for index, year in enumerate(axis) if (bar := _bar(action, year, index))],
        "rewordings": _rewordings(action),
    }


def _duration(action: ActionHistory, last: int) -> str:
    """Return since when an action is open: ``open since 2009, 12 years``, or when it was suggested if it is not."""
    first, end = min(action.years), max(action.rows)
    if end < last:
        return f"suggested in {end}" if first == end else f"suggested {first}–{end}, not in later reports"
    count = last - first + 1
    return f"open since {first}" + (f", {count} years" if count > 1 else "")


def _bar(action: ActionHistory, year: int, index: int) -> dict[str, Any] | None:
    """Return the bar of one year; ``href`` is empty if only a later report says that the action was suggested."""
    row = action.rows.get(year)
    if row is not None:
        href = f"chapters/{row['doc_id']}.html#suggested_actions-{row['row']}"
        return {"index": index, "year": year, "href": href, "label": f"suggested in {year}, row {row['row']}"}
    return {"index": index, "year": year, "href": "", "label": ""} if year in action.years else None


def _rewordings(action: ActionHistory) -> list[dict[str, Any]]:
    """Return the changes of the wording, the last one first."""
    years = sorted(action.rows)
    found = []
    for earlier, later in pairwise(years):
        changed = difference(action.rows[earlier]["action"], action.rows[later]["action"])
        if changed:
            found.append({"earlier": earlier, "later": later, "before": changed.before, "after": changed.after})
    return found[::-1]


def _printed_years(text: str) -> set[int]:
    """Return the years of a printed list such as ``2011,2014-2016``."""
    years: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        years |= set(range(int(first), int(last or first) + 1))
    return years
