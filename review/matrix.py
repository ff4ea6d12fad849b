"""The matrix in its three forms: countries by indicators, countries by years, and indicators of a country by years."""

from __future__ import annotations

import functools
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from review.figures import COUNTED, Tables, whole_country
from review.layout import LEVELS
from review.release import PublishedRun, Record
from review.render import render, render_packed, words
from review.texts import Meanings, sentence, shown_number, shown_range

TABLES = ("documents", "conventions", "legal_standards", "enforcement", "suggested_actions")
SHADES = 5
"""Classes of a number on the map, each with about as many values as the others."""
KINDS = (*LEVELS.values(), "a-yes", "a-no", "q0", *(f"q{n + 1}" for n in range(SHADES)), "a-na", "a-unknown", "a-")
"""Classes of the style sheet by which the map colours a country, in the order of the legend."""


@dataclass(frozen=True)
class Indicator:
    """Something that each chapter says of its country: its group, its heading, and what identifies it."""

    group: str
    heading: str
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        """The name of its page, without suffix."""
        return "-".join(self.key).replace("_", "-")


@dataclass(frozen=True)
class MatrixCell:
    """What a chapter says of an indicator, with the place that it links to.

    ``kind`` is a class of the style sheet. ``answer`` is the text without an age, ``value`` the number if it is one.
    """

    text: str
    href: str
    kind: str
    answer: str = ""
    value: float | None = None


Answers = dict[tuple[str, ...], MatrixCell]
"""What one chapter says: the cell of each indicator of which it prints a row."""


def matrix_pages(
    release: PublishedRun, countries: Mapping[str, str], meanings: Meanings
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the content of each page: one for each report year, the last one twice, and each indicator."""
    found = {year: _of_year(release, year) for year in release.years("documents")}
    years = list(found)
    every = indicators((one for by_country in found.values() for one in by_country.values()), meanings)
    for year in years:
        shown = {"years": years, "every": every, **_year_view(year, found[year], countries, meanings)}
        yield f"matrix/{year}.html", render("matrix.html", root="../", **shown)
        if year == years[0]:
            yield "matrix.html", render("matrix.html", root="", **shown)
    for indicator in every:
        lines = {iso3: [found[year].get(iso3, {}).get(indicator.key) for year in years] for iso3 in countries}
        lines = {iso3: cells for iso3, cells in lines.items() if any(cells)}
        yield f"matrix/{indicator.file}.html", _indicator_page(indicator, every, years, countries, lines)


def _of_year(release: PublishedRun, year: int) -> dict[str, Answers]:
    """Return what the chapters of a report year say, by country."""
    by_country: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for name in TABLES:
        for row in release.rows_of_year(name, year):
            by_country[row["iso3"]][name].append(row)
    return {iso3: answers(tables) for iso3, tables in by_country.items()}


def _year_view(
    year: int, found: Mapping[str, Answers], countries: Mapping[str, str], meanings: Meanings
) -> dict[str, Any]:
    """Return what the page of a report year shows: its indicators, and a line for each country."""
    listed = indicators(found.values(), meanings)
    lines = [
        (iso3, name, [found[iso3].get(one.key) for one in listed]) for iso3, name in countries.items() if iso3 in found
    ]
    return {"year": year, "indicators": listed, "groups": Counter(one.group for one in listed), "lines": lines}


def _indicator_page(
    indicator: Indicator,
    every: Sequence[Indicator],
    years: Sequence[int],
    countries: Mapping[str, str],
    lines: Mapping[str, Sequence[MatrixCell | None]],
) -> bytes:
    """Return the page of an indicator: countries by years, and the map of one year, coloured as the table says."""
    cells = [cell for line in lines.values() for cell in line if cell]
    limits = _limits(cell.value for cell in cells)
    world = _world()
    shown = {iso3: [(cell, shade(cell, limits)) if cell else None for cell in line] for iso3, line in lines.items()}
    return render_packed(
        "indicator.html",
        root="../",
        indicator=indicator,
        every=every,
        years=years,
        countries=countries,
        lines=shown,
        legend=_legend(cells, limits),
        world=world,
        off=[countries[iso3] for iso3 in lines if iso3 not in world["shapes"] and iso3 not in world["points"]],
    )


def indicators(chapters: Iterable[Answers], meanings: Meanings) -> list[Indicator]:
    """Return the indicators of which some chapter prints a row, in the order of the code lists."""
    printed = {key for one in chapters for key in one}
    conventions = meanings.get("conventions", {}).get("convention", {})
    standards = meanings.get("legal_standards", {}).get("standard", {})
    known = [
        Indicator("Chapter", "Assessment", ("assessment",)),
        Indicator("Chapter", "Suggested actions", ("actions",)),
        *(Indicator("Ratified", sentence(text), ("convention", code)) for code, text in conventions.items()),
        *(
            Indicator("Meets the standard", sentence(text), ("standard", code))
            for code, text in standards.items()
            if code != "other"
        ),
        *(
            Indicator("Enforcement in the year of the report", heading, ("metric", domain, metric))
            for domain, metric, heading in COUNTED
        ),
    ]
    return [indicator for indicator in known if indicator.key in printed]


def answers(tables: Tables) -> Answers:
    """Return what one chapter says. ``tables`` holds its rows by table."""
    document = tables["documents"][0]
    level = document["assessment"] or "No level printed"
    actions = tables.get("suggested_actions", [])
    found: Answers = {
        ("assessment",): MatrixCell(
            level,
            f"chapters/{document['doc_id']}.html",
            "level " + LEVELS.get(document["assessment"], "unassessed"),
            level,
        ),
        ("actions",): MatrixCell(
            str(len(actions)),
            f"explore/suggested-actions.html#iso3={document['iso3']}&report_year={document['report_year']}",
            "num",
            value=float(len(actions)),
        ),
    }
    for row in tables.get("conventions", []):
        kind = {"ratified": "yes", "not_ratified": "no", "not_applicable": "na"}.get(row["status"], "unknown")
        found.setdefault(
            ("convention", row["convention"]), _linked(row, "conventions", words(row["status"]), f"answer a-{kind}")
        )
    for row in whole_country(tables, "legal_standards"):
        answer = row["status"] or "empty"
        text = " ".join(filter(None, (answer, shown_range(row["age"], row["age_to"]))))
        kind = "answer a-" + (row["status"] or "").lower().replace("/", "")
        found.setdefault(("standard", row["standard"]), _linked(row, "legal_standards", text, kind, answer))
    for row in whole_country(tables, "enforcement"):
        if row["year"] == document["report_year"]:
            value = row["value"]
            text = shown_number(value) if value is not None else row["raw"] or words(row["status"])
            cell = _linked(row, "enforcement", text, "num", "no number", value)
            found.setdefault(("metric", row["domain"], row["metric"]), cell)
    return found


def shade(cell: MatrixCell, limits: Sequence[float]) -> str:
    """Return the class by which the map colours a country. ``limits`` are the largest values of all classes but one."""
    if not cell.kind.startswith("num"):
        return cell.kind.rpartition(" ")[2]
    if cell.value is None:
        return "a-unknown"
    return f"q{bisect_left(limits, cell.value) + 1}" if cell.value > 0 else "q0"


def _limits(values: Iterable[float | None]) -> list[float]:
    """Return where the classes of numbers end, so that each has about as many values. Fewer values, fewer classes."""
    positive = sorted(value for value in values if value is not None and value > 0)
    return sorted(set(quantiles(positive, n=SHADES, method="inclusive"))) if len(positive) > 1 else []


def _legend(cells: Sequence[MatrixCell], limits: Sequence[float]) -> list[tuple[str, str]]:
    """Return the classes that occur, each with its meaning: the answer, or the lowest and highest of its numbers."""
    found: dict[str, list[MatrixCell]] = defaultdict(list)
    for cell in cells:
        found[shade(cell, limits)].append(cell)
    legend = []
    for kind in sorted(found, key=lambda kind: KINDS.index(kind) if kind in KINDS else len(KINDS)):
        values = [cell.value for cell in found[kind] if cell.value is not None]
        ends = dict.fromkeys(map(shown_number, (min(values), max(values)))) if values else {}
        legend.append((kind, " to ".join(ends) or sentence(found[kind][0].answer)))
    return legend


@functools.cache
def _world() -> dict[str, Any]:
    """Return the map: its size, the outline of each country, and the place of each that is too small to be seen."""
    world: dict[str, Any] = json.loads(Path(__file__).with_name("world.json").read_text("utf-8"))
    return world


def _linked(row: Record, table: str, text: Any, kind: str, answer: str = "", value: float | None = None) -> MatrixCell:
    href = f"chapters/{row['doc_id']}.html#{table}-{row['row']}"
    return MatrixCell(str(text), href, kind, answer or str(text), value)
