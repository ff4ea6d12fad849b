"""Arranges the rows of one country, over all its report years, as its page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from review.layout import LEVELS
from review.plots import SERIES, lines
from review.release import Record
from review.texts import Meanings, sentence, shown_number, shown_range

Tables = Mapping[str, list[Record]]

SIMILAR = 80
"""Similarity (0 to 100) from which two wordings count as one action, whatever years they give."""
SAME_START = 45
"""Similarity that suffices if both were first suggested in the same year."""


@dataclass
class ActionHistory:
    """A suggested action over the years: the row of each report that has it, and the lowest similarity of two rows."""

    rows: dict[int, Record] = field(default_factory=dict)
    similarity: int | None = None

    @property
    def newest(self) -> Record:
        """The row of the last report."""
        return self.rows[max(self.rows)]


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
        found: list[tuple[float, int, int, int]] = []
        for a, action in enumerate(actions):
            for b, row in enumerate(reports[year]):
                similarity = _similarity(action.newest, row)
                same_start = _start(row) is not None and _start(row) == _start(action.newest)
                if similarity >= SIMILAR or (same_start and similarity >= SAME_START):
                    found.append((similarity + 20 * same_start, a, b, round(similarity)))
        joined_a: set[int] = set()
        joined_b: set[int] = set()
        for _, a, b, similarity in sorted(found, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if a not in joined_a and b not in joined_b:
                joined_a.add(a)
                joined_b.add(b)
                known = actions[a].similarity
                actions[a].rows[year] = reports[year][b]
                actions[a].similarity = similarity if known is None else min(known, similarity)
        actions += [ActionHistory({year: row}) for b, row in enumerate(reports[year]) if b not in joined_b]
    return actions


def country_view(tables: Tables, counts: Mapping[str, Mapping[str, int]], meanings: Meanings) -> dict[str, Any]:
    """Return everything that the template of a country page shows.

    ``tables`` holds the rows of all chapters of the country, ``counts`` the number of findings by chapter and severity.
    """
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


def chapter_cell(document: Record, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Return a chapter as one cell of a grid: its link, assessment level and number of findings."""
    level = document["assessment"]
    return {
        "doc_id": document["doc_id"],
        "year": document["report_year"],
        "assessment": " – ".join(filter(None, (level, document["assessment_note"]))),
        "level": LEVELS.get(level, "unassessed"),
        "short": {"": "–", "No Assessment": "Not assessed", "No Advancement": "None"}.get(level, level.split(" ")[0]),
        "counts": counts.get(document["doc_id"], {}),
    }


def _similarity(one: Record, other: Record) -> float:
    if (one["territory"] or "") != (other["territory"] or ""):
        return 0.0
    a, b = one["action"].casefold(), other["action"].casefold()
    like = max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b))
    return like if one["area"] == other["area"] else like - 10


def _start(row: Record) -> int | None:
    year: int | None = row["first_year"]
    return year


def _actions(tables: Tables, years: list[int], meanings: Meanings) -> dict[str, Any]:
    areas = meanings.get("suggested_actions", {}).get("area", {})
    actions = match_actions(tables.get("suggested_actions", []))
    last = years[-1]
    printed = {id(action): _years(action.newest["years"]) for action in actions}
    first = min([years[0], *(year for span in printed.values() for year in span)])
    # The axis has every year, also those for which no report is available.
    axis = list(range(first, last + 1))
    by_area: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for action in actions:
        row = action.newest
        state = (
            "dropped" if max(action.rows) < last else ("new" if len(action.rows) == 1 and _is_new(row) else "continued")
        )
        cells = [_action_cell(action, year, printed[id(action)]) for year in axis]
        by_area[row["area"]].append(
            {
                "text": row["action"],
                "territory": row["territory"],
                "state": state,
                "similarity": action.similarity,
                "cells": cells,
                "order": (-max(action.rows), min(printed[id(action)] or {max(action.rows)}), row["row"]),
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


def _is_new(row: Record) -> bool:
    return row["first_year"] is None or row["first_year"] >= row["report_year"]


def _action_cell(action: ActionHistory, year: int, printed: set[int]) -> dict[str, str]:
    row = action.rows.get(year)
    if row is not None:
        href = f"chapters/{row['doc_id']}.html#suggested_actions-{row['row']}"
        return {"kind": "on", "href": href, "title": f"suggested in {year}, row {row['row']}"}
    if year in printed:
        return {"kind": "said", "href": "", "title": ""}
    return {"kind": "gap", "href": "", "title": ""}


def _years(text: str) -> set[int]:
    """Return the years of a printed list such as ``2011,2014-2016``."""
    years: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        years |= set(range(int(first), int(last or first) + 1))
    return years


def _whole(tables: Tables, table: str) -> list[Record]:
    """Return the rows of a table that apply to the whole country.

    These have no territory, the name of the country itself (Bosnia and Herzegovina) or a national total (Pakistan).
    """
    names = {"", *(row["country"].casefold() for row in tables["documents"])}
    return [
        row
        for row in tables.get(table, [])
        if (name := (row.get("territory") or "").casefold()) in names or name.startswith("national")
    ]


@dataclass(frozen=True)
class PlotSource:
    """Where the values of a plot come from: a column of a table, and whether it is a percentage."""

    table: str
    column: str
    percent: bool = False

    def points(self, rows: Mapping[int, Record]) -> list[tuple[int, float]]:
        """Return (year, value) for each row that has a value, in order of the years."""
        return [(year, float(row[self.column])) for year, row in sorted(rows.items()) if row[self.column] is not None]

    def written(self, value: float) -> str:
        """Format a value for reading."""
        return f"{value:g} %" if self.percent else shown_number(value)

    def figure(self, row: Record | None) -> dict[str, str]:
        """Return a cell of the table of figures: its text, and the link to the row in its chapter."""
        if row is None:
            return {"text": "", "href": ""}
        value = row[self.column]
        text = str(row.get("raw") or "unavailable") if value is None else self.written(value)
        return {"text": text, "href": f"chapters/{row['doc_id']}.html#{self.table}-{row['row']}"}


Cells = Mapping[str, Mapping[int, Record]]
"""The data of a plot: series, year, and the row that holds the value."""


def _plot(name: str, heading: str, cells: Cells, source: PlotSource, *, note: str, empty: str) -> dict[str, Any]:
    """Return a plot and the table of its figures. ``empty`` is the sentence shown if no cell has a value."""
    points = {title: series for title, rows in cells.items() if (series := source.points(rows))}
    known = [year for series in points.values() for year, _ in series]
    summary = "; ".join(
        f"{title}: " + ", ".join(f"{source.written(value)} in {year}" for year, value in (series[0], series[-1]))
        for title, series in points.items()
    )
    return {
        "id": name,
        "heading": heading,
        "columns": ["Year", *cells],
        "series": list(points),
        "rows": [
            {"label": year, "values": [source.figure(rows.get(year)) for rows in cells.values()]}
            for year in sorted({year for rows in cells.values() for year in rows})
        ],
        "svg": lines(points, (min(known), max(known)), percent=source.percent) if known else "",
        "alt": f"{heading} by year. {summary}.",
        "note": note,
        "empty": empty,
    }


def _working(tables: Tables) -> dict[str, Any]:
    found: dict[int, Record] = {}
    for row in _whole(tables, "statistics"):
        if row["indicator"] == "working":
            found.setdefault(row["report_year"], row)
    ages = sorted({shown_range(row["age_min"], row["age_max"]) for row in found.values() if row["age_min"] is not None})
    return _plot(
        "working",
        "Working children",
        {"Percent of children": found},
        PlotSource("statistics", "percent", percent=True),
        note=f"By report year; ages {', '.join(ages)}. Later reports often repeat the same survey." if ages else "",
        empty="No chapter prints a percentage of working children for the whole country.",
    )


def _shares(tables: Tables, meanings: Meanings) -> dict[str, Any]:
    names = meanings.get("sectors", {}).get("sector", {})
    found: dict[str, dict[int, Record]] = {sentence(name): {} for name in names.values()}
    for row in _whole(tables, "sectors"):
        found.setdefault(sentence(names.get(row["sector"], row["sector"])), {}).setdefault(row["report_year"], row)
    return _plot(
        "sectors",
        "Working children by sector",
        found,
        PlotSource("sectors", "percent", percent=True),
        note="By report year.",
        empty="No chapter prints the percentages of the sectors.",
    )


def _counted(tables: Tables, metric: str, heading: str) -> dict[str, Any]:
    """Return the plot of a metric for the whole country.

    Where no report prints a number for the whole country, it shows the parts of the country with the most numbers.
    """
    found = {heading: _latest(_whole(tables, "enforcement"), metric)}
    note = "By the year counted. If two reports print a year, the later report is used. Unknown years are left out."
    if not _numbers(found[heading]):
        parts: dict[str, list[Record]] = defaultdict(list)
        for row in tables.get("enforcement", []):
            parts[row["territory"] or heading].append(row)
        by_part = {part: latest for part, rows in parts.items() if _numbers(latest := _latest(rows, metric))}
        found = dict(sorted(by_part.items(), key=lambda item: (-_numbers(item[1]), item[0]))[: len(SERIES)]) or found
        note += " No report prints a number for the whole country."
    return _plot(
        metric,
        heading,
        found,
        PlotSource("enforcement", "value"),
        note=note,
        empty="No chapter prints a number.",
    )


def _latest(rows: Iterable[Record], metric: str) -> dict[int, Record]:
    """Return the row for each year. If two reports print a number for a year, the later report is used."""
    found: dict[int, Record] = {}
    for row in sorted(rows, key=lambda row: row["report_year"]):
        if row["metric"] == metric and row["domain"] == "labor":
            known = found.get(row["year"])
            if known is None or row["value"] is not None or known["value"] is None:
                found[row["year"]] = row
    return found


def _numbers(rows: Mapping[int, Record]) -> int:
    return sum(row["value"] is not None for row in rows.values())


def _standards(tables: Tables, years: list[int], meanings: Meanings) -> list[dict[str, Any]]:
    words = meanings.get("legal_standards", {}).get("standard", {})
    found: dict[tuple[str, str], dict[int, Record]] = defaultdict(dict)
    for row in tables.get("legal_standards", []):
        found[row["territory"] or "", row["standard"]].setdefault(row["report_year"], row)
    order = list(words)
    out = []
    for territory, standard in sorted(found, key=lambda key: (key[0], order.index(key[1]) if key[1] in order else 99)):
        rows = found[territory, standard]
        cells = [
            {
                "status": rows[year]["status"],
                "age": shown_range(rows[year]["age"], rows[year]["age_to"]),
                "href": f"chapters/{rows[year]['doc_id']}.html#legal_standards-{rows[year]['row']}",
            }
            if year in rows
            else None
            for year in years
        ]
        out.append({"label": sentence(words.get(standard, standard)), "territory": territory, "cells": cells})
    return out
