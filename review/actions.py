"""Follows the suggested actions of a country over its reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from rapidfuzz import fuzz

from review.differences import difference
from review.release import Record
from review.texts import Meanings, sentence

SIMILAR = 80
"""Similarity (0 to 100) from which two wordings count as one action, whatever years they give."""
SAME_START = 45
"""Similarity that suffices if both were first suggested in the same year."""
OTHER_AREA = 10
"""Similarity that two wordings lose if they are printed under different areas."""


@dataclass
class ActionHistory:
    """A suggested action over the years: the row of each report that has it, and the lowest similarity of two rows."""

    rows: dict[int, Record] = field(default_factory=dict)
    similarity: int | None = None

    @property
    def newest(self) -> Record:
        """The row of the last report."""
        return self.rows[max(self.rows)]

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


def match_actions(rows: Iterable[Record]) -> list[ActionHistory]:
    """Find the rows of ``suggested_actions`` in different reports that are the same action.

    Reports reword an action from year to year and print the years in which they suggested it. Two rows are the same
    action if their wordings are very similar, or if they are somewhat similar and their first years are equal. The most
    similar pairs are matched first, and each row is matched with at most one earlier row.
    """
    reports: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        reports[row["report_year"]].append(row)
    actions: list[ActionHistory] = []
    for year in sorted(reports):
        matched = _best_pairs(actions, reports[year])
        for index, (action, similarity) in matched.items():
            action.rows[year] = reports[year][index]
            action.similarity = min(similarity, 100 if action.similarity is None else action.similarity)
        actions += [ActionHistory({year: row}) for index, row in enumerate(reports[year]) if index not in matched]
    return actions


def _best_pairs(actions: Sequence[ActionHistory], rows: Sequence[Record]) -> dict[int, tuple[ActionHistory, int]]:
    """Return for each row (by its index) the earlier action that it continues, with their similarity."""
    pairs: list[tuple[float, int, int, int]] = []
    for number, action in enumerate(actions):
        for index, row in enumerate(rows):
            similarity = _similarity(action.newest, row)
            same_start = row["first_year"] is not None and row["first_year"] == action.newest["first_year"]
            if similarity >= SIMILAR or (same_start and similarity >= SAME_START):
                pairs.append((similarity + 20 * same_start, number, index, round(similarity)))
    matched: dict[int, tuple[ActionHistory, int]] = {}
    continued: set[int] = set()
    for _, number, index, similarity in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if number not in continued and index not in matched:
            continued.add(number)
            matched[index] = actions[number], similarity
    return matched


def _similarity(one: Record, other: Record) -> float:
    if (one["territory"] or "") != (other["territory"] or ""):
        return 0.0
    a, b = one["action"].casefold(), other["action"].casefold()
    similarity = max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b))
    return similarity if one["area"] == other["area"] else similarity - OTHER_AREA


def action_chart(rows: Iterable[Record], years: Sequence[int], meanings: Meanings) -> dict[str, Any]:
    """Return the chart of suggested actions: the years of its axis, and by area the actions with a bar for each year.

    ``years`` are the years of the country's reports in ascending order. The axis has every year from the first one that
    any action names to the last report.
    """
    areas = meanings.get("suggested_actions", {}).get("area", {})
    actions = match_actions(rows)
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
