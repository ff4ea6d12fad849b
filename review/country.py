"""One country over its report years, arranged as its page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from review.chapter import Meanings, Row, sentence, shown_number
from review.layout import LEVELS
from review.plots import SERIES, lines

Tables = Mapping[str, list[Row]]

SURE = 80
"""Likeness (of 100) above which two wordings are one action whatever their years say."""
SAME_START = 45
"""Likeness that is enough if both were first suggested in the same year."""


@dataclass
class Action:
    """One suggested action over the reports: the row of each report that suggests it."""

    rows: dict[int, Row] = field(default_factory=dict)
    likeness: int | None = None

    @property
    def newest(self) -> Row:
        """As the last report words it."""
        return self.rows[max(self.rows)]


def match_actions(rows: Iterable[Row]) -> list[Action]:
    """Which rows of different reports are one action.

    Reports reword an action from year to year and keep the years since when they suggest it. So two rows are one if
    their words are much alike, or somewhat alike and their years begin the same. The best pairs are joined first, and
    a row is joined once to an earlier and once to a later one.
    """
    reports: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        reports[row["report_year"]].append(row)
    actions: list[Action] = []
    for year in sorted(reports):
        found: list[tuple[float, int, int, int]] = []
        for a, action in enumerate(actions):
            for b, row in enumerate(reports[year]):
                likeness = _likeness(action.newest, row)
                same_start = _start(row) is not None and _start(row) == _start(action.newest)
                if likeness >= SURE or (same_start and likeness >= SAME_START):
                    found.append((likeness + 20 * same_start, a, b, round(likeness)))
        joined_a: set[int] = set()
        joined_b: set[int] = set()
        for _, a, b, likeness in sorted(found, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if a not in joined_a and b not in joined_b:
                joined_a.add(a)
                joined_b.add(b)
                known = actions[a].likeness
                actions[a].rows[year] = reports[year][b]
                actions[a].likeness = likeness if known is None else min(known, likeness)
        actions += [Action({year: row}) for b, row in enumerate(reports[year]) if b not in joined_b]
    return actions


def country_view(tables: Tables, counts: Mapping[str, Mapping[str, int]], meanings: Meanings) -> dict[str, Any]:
    """Everything that the template of a country page asks for. ``counts`` are findings by chapter and severity."""
    documents = sorted(tables["documents"], key=lambda row: row["report_year"])
    years = [row["report_year"] for row in documents]
    return {
        "name": documents[-1]["country"],
        "iso3": documents[-1]["iso3"],
        "chapters": [chapter_cell(row, counts) for row in documents],
        "plots": [
            _working(tables),
            _shares(tables, meanings),
            _counted(tables, "inspectors", "Labor inspectors"),
            _counted(tables, "inspections", "Labor inspections"),
        ],
        **_actions(tables, years, meanings),
        "standards": _standards(tables, years, meanings),
    }


def chapter_cell(document: Row, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """A chapter as one cell of a grid."""
    level = document["assessment"]
    return {
        "doc_id": document["doc_id"],
        "year": document["report_year"],
        "assessment": " – ".join(filter(None, (level, document["assessment_note"]))),
        "level": LEVELS.get(level, "unassessed"),
        "short": {"": "–", "No Assessment": "Not assessed", "No Advancement": "None"}.get(level, level.split(" ")[0]),
        "counts": counts.get(document["doc_id"], {}),
    }


def _likeness(one: Row, other: Row) -> float:
    if (one["territory"] or "") != (other["territory"] or ""):
        return 0.0
    a, b = one["action"].casefold(), other["action"].casefold()
    like = max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b))
    return like if one["area"] == other["area"] else like - 10


def _start(row: Row) -> int | None:
    year: int | None = row["first_year"]
    return year


def _actions(tables: Tables, years: list[int], meanings: Meanings) -> dict[str, Any]:
    areas = meanings.get("suggested_actions", {}).get("area", {})
    actions = match_actions(tables.get("suggested_actions", []))
    last = years[-1]
    said = {id(action): _years(action.newest["years"]) for action in actions}
    first = min([years[0], *(year for span in said.values() for year in span)])
    # Two reports lie years apart where one is missing: the axis shows the years between them as well.
    axis = list(range(first, last + 1))
    by_area: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for action in actions:
        row = action.newest
        state = (
            "dropped" if max(action.rows) < last else ("new" if len(action.rows) == 1 and _is_new(row) else "continued")
        )
        cells = [_action_cell(action, year, said[id(action)]) for year in axis]
        by_area[row["area"]].append(
            {
                "text": row["action"],
                "territory": row["territory"],
                "state": state,
                "likeness": action.likeness,
                "cells": cells,
                "order": (-max(action.rows), min(said[id(action)] or {max(action.rows)}), row["row"]),
            }
        )
    order = list(areas) or sorted(by_area)
    return {
        "action_years": axis,
        "actions": [
            (sentence(areas.get(area, area)), sorted(by_area[area], key=lambda one: one["order"]))
            for area in sorted(by_area, key=lambda code: order.index(code) if code in order else 99)
        ],
    }


def _is_new(row: Row) -> bool:
    return row["first_year"] is None or row["first_year"] >= row["report_year"]


def _action_cell(action: Action, year: int, said: set[int]) -> dict[str, str]:
    row = action.rows.get(year)
    if row is not None:
        href = f"chapters/{row['doc_id']}.html#suggested_actions-{row['row']}"
        return {"kind": "on", "href": href, "title": f"suggested in {year}, row {row['row']}"}
    if year in said:
        return {"kind": "said", "href": "", "title": ""}
    return {"kind": "gap", "href": "", "title": ""}


def _years(text: str) -> set[int]:
    """``2011,2014-2016`` as years."""
    years: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        years |= set(range(int(first), int(last or first) + 1))
    return years


def _whole(tables: Tables, table: str) -> list[Row]:
    """Rows for the whole country, not for a part of it: without a territory, under the country's own name (Bosnia and
    Herzegovina), or as the national total (Pakistan)."""
    names = {"", *(row["country"].casefold() for row in tables["documents"])}
    return [
        row
        for row in tables.get(table, [])
        if (name := (row.get("territory") or "").casefold()) in names or name.startswith("national")
    ]


def _plot(name: str, heading: str, columns: list[str], cells: dict[str, dict[int, Row]], **more: Any) -> dict[str, Any]:
    """A plot with the table behind it. ``cells``: series, year, row that holds the value under ``more['value']``."""
    value, table, percent = more["value"], more["table"], more.get("percent", False)
    points = {
        title: [(year, float(row[value])) for year, row in sorted(rows.items()) if row[value] is not None]
        for title, rows in cells.items()
    }
    points = {title: series for title, series in points.items() if series}
    known = [year for series in points.values() for year, _ in series]
    rows = []
    for year in sorted({year for of_series in cells.values() for year in of_series}):
        values = []
        for title in columns:
            row = cells.get(title, {}).get(year)
            text = "" if row is None else _figure(row, value, percent)
            href = "" if row is None else f"chapters/{row['doc_id']}.html#{table}-{row['row']}"
            values.append({"text": text, "href": href})
        rows.append({"label": year, "values": values})
    told = "; ".join(
        f"{title}: " + ", ".join(f"{_figure_of(value, percent)} in {year}" for year, value in (series[0], series[-1]))
        for title, series in points.items()
    )
    return {
        "id": name,
        "heading": heading,
        "columns": ["Year", *columns],
        "series": list(points),
        "rows": rows,
        "svg": lines(points, (min(known), max(known)), percent=percent) if known else "",
        "alt": f"{heading} by year. {told}.",
        "note": more.get("note", ""),
        "empty": more["empty"],
    }


def _figure(row: Row, value: str, percent: bool) -> str:
    if row[value] is None:
        return str(row.get("raw") or "") or "unavailable"
    return _figure_of(row[value], percent)


def _figure_of(number: float, percent: bool) -> str:
    return f"{number:g} %" if percent else shown_number(number)


def _working(tables: Tables) -> dict[str, Any]:
    found: dict[int, Row] = {}
    for row in _whole(tables, "statistics"):
        if row["indicator"] == "working":
            found.setdefault(row["report_year"], row)
    ages = sorted({f"{row['age_min']}–{row['age_max']}" for row in found.values() if row["age_min"] is not None})
    return _plot(
        "working",
        "Working children",
        ["Percent of children"],
        {"Percent of children": found},
        value="percent",
        table="statistics",
        percent=True,
        note=f"By report year; ages {', '.join(ages)}. A survey is often printed again in later reports."
        if ages
        else "",
        empty="No chapter prints a share of working children for the whole country.",
    )


def _shares(tables: Tables, meanings: Meanings) -> dict[str, Any]:
    words = meanings.get("sectors", {}).get("sector", {})
    found: dict[str, dict[int, Row]] = {sentence(word): {} for word in words.values()}
    for row in _whole(tables, "sectors"):
        found.setdefault(sentence(words.get(row["sector"], row["sector"])), {}).setdefault(row["report_year"], row)
    return _plot(
        "sectors",
        "Working children by sector",
        list(found),
        found,
        value="percent",
        table="sectors",
        percent=True,
        note="By report year.",
        empty="No chapter prints the shares of the sectors.",
    )


def _counted(tables: Tables, metric: str, heading: str) -> dict[str, Any]:
    """Numbers for the whole country; where no report prints any, for the parts of it that have the most of them."""
    found = {heading: _latest(_whole(tables, "enforcement"), metric)}
    note = "By the year counted; where two reports print a year, the later one. Unknown years are left open."
    if not _numbers(found[heading]):
        parts: dict[str, list[Row]] = defaultdict(list)
        for row in tables.get("enforcement", []):
            parts[row["territory"] or heading].append(row)
        by_part = {part: latest for part, rows in parts.items() if _numbers(latest := _latest(rows, metric))}
        found = dict(sorted(by_part.items(), key=lambda item: (-_numbers(item[1]), item[0]))[: len(SERIES)]) or found
        note += " No report prints a number for the whole country."
    return _plot(
        metric,
        heading,
        list(found),
        found,
        value="value",
        table="enforcement",
        note=note,
        empty="No chapter prints a number.",
    )


def _latest(rows: Iterable[Row], metric: str) -> dict[int, Row]:
    """The row for each year; a number that two reports print for one year is taken from the later one."""
    found: dict[int, Row] = {}
    for row in sorted(rows, key=lambda row: row["report_year"]):
        if row["metric"] == metric and row["domain"] == "labor":
            known = found.get(row["year"])
            if known is None or row["value"] is not None or known["value"] is None:
                found[row["year"]] = row
    return found


def _numbers(rows: Mapping[int, Row]) -> int:
    return sum(row["value"] is not None for row in rows.values())


def _standards(tables: Tables, years: list[int], meanings: Meanings) -> list[dict[str, Any]]:
    words = meanings.get("legal_standards", {}).get("standard", {})
    found: dict[tuple[str, str], dict[int, Row]] = defaultdict(dict)
    for row in tables.get("legal_standards", []):
        found[row["territory"] or "", row["standard"]].setdefault(row["report_year"], row)
    order = list(words)
    out = []
    for territory, standard in sorted(found, key=lambda key: (key[0], order.index(key[1]) if key[1] in order else 99)):
        rows = found[territory, standard]
        cells = [
            {
                "status": rows[year]["status"],
                "age": rows[year]["age"],
                "href": f"chapters/{rows[year]['doc_id']}.html#legal_standards-{rows[year]['row']}",
            }
            if year in rows
            else None
            for year in years
        ]
        out.append({"label": sentence(words.get(standard, standard)), "territory": territory, "cells": cells})
    return out
