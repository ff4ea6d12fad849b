"""The matrix of a report year: one line for each country, one column for each indicator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.country import standard_cell
from review.figures import COUNTED, whole_country
from review.layout import LEVELS
from review.release import PublishedRun, Record
from review.render import render, words
from review.texts import Meanings, sentence, shown_number

TABLES = ("documents", "conventions", "legal_standards", "enforcement", "suggested_actions")


@dataclass(frozen=True)
class Indicator:
    """A column of the matrix: its group, its heading, and what identifies it."""

    group: str
    heading: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class MatrixCell:
    """A value of the matrix with the place that it links to. ``kind`` is a class of the style sheet."""

    text: str
    href: str
    kind: str = ""


def matrix_pages(
    release: PublishedRun, countries: Mapping[str, str], meanings: Meanings
) -> Iterator[tuple[str, bytes]]:
    """Yield for each report year the path of its page in the site, and the page; that of the last year twice."""
    years = list(release.years("documents"))
    for year in years:
        tables = {name: release.rows_of_year(name, year) for name in TABLES}
        by_country = _by_country(tables)
        indicators = _indicators(tables, meanings)
        lines = [
            {"iso3": iso3, "name": name, "cells": _cells(by_country[iso3], indicators)}
            for iso3, name in countries.items()
            if iso3 in by_country
        ]
        groups = Counter(indicator.group for indicator in indicators)
        shown = {"year": year, "years": years, "groups": groups, "indicators": indicators, "lines": lines}
        yield f"matrix/{year}.html", render("matrix.html", root="../", **shown)
        if year == years[0]:
            yield "matrix.html", render("matrix.html", root="", **shown)


def _by_country(tables: Mapping[str, list[Record]]) -> dict[str, dict[str, list[Record]]]:
    """Return the rows of each country by table. Every table is there, also without rows."""
    found: dict[str, dict[str, list[Record]]] = defaultdict(lambda: {name: [] for name in TABLES})
    for name, rows in tables.items():
        for row in rows:
            found[row["iso3"]][name].append(row)
    return found


def _indicators(tables: Mapping[str, list[Record]], meanings: Meanings) -> list[Indicator]:
    """Return the columns: those of which some chapter of the year prints a row, in the order of the code lists."""
    conventions = {row["convention"] for row in tables["conventions"]}
    standards = {row["standard"] for row in tables["legal_standards"]}
    metrics = {(row["domain"], row["metric"]) for row in tables["enforcement"]}
    codes = meanings.get("conventions", {}).get("convention", {})
    meaning = meanings.get("legal_standards", {}).get("standard", {})
    return [
        Indicator("Chapter", "Assessment", ("assessment",)),
        Indicator("Chapter", "Suggested actions", ("actions",)),
        *(Indicator("Ratified", sentence(codes[code]), ("convention", code)) for code in codes if code in conventions),
        *(
            Indicator("Meets the standard", sentence(text), ("standard", code))
            for code, text in meaning.items()
            if code in standards and code != "other"
        ),
        *(
            Indicator("Enforcement in the year of the report", heading, ("metric", domain, metric))
            for domain, metric, heading in COUNTED
            if (domain, metric) in metrics
        ),
    ]


def _cells(tables: Mapping[str, list[Record]], indicators: Sequence[Indicator]) -> list[MatrixCell | None]:
    """Return the cells of a country: ``None`` where its chapter prints no row."""
    document = tables["documents"][0]
    found: dict[tuple[str, ...], MatrixCell] = {
        ("assessment",): MatrixCell(
            document["assessment"] or "No level printed",
            f"chapters/{document['doc_id']}.html",
            "level " + LEVELS.get(document["assessment"], "unassessed"),
        ),
        ("actions",): MatrixCell(
            str(len(tables["suggested_actions"])),
            f"explore/suggested-actions.html#iso3={document['iso3']}&report_year={document['report_year']}",
            "num",
        ),
    }
    for row in tables["conventions"]:
        status = words(row["status"])
        found.setdefault(("convention", row["convention"]), _linked(row, "conventions", status, _answer(row["status"])))
    for row in whole_country(tables, "legal_standards"):
        cell = standard_cell(row, None)
        text = " ".join(filter(None, (cell["status"] or "empty", cell["age"])))
        kind = "answer a-" + (row["status"] or "").lower().replace("/", "")
        found.setdefault(("standard", row["standard"]), MatrixCell(text, cell["href"], kind))
    for row in whole_country(tables, "enforcement"):
        if row["year"] == document["report_year"]:
            text = shown_number(row["value"]) if row["value"] is not None else row["raw"] or words(row["status"])
            found.setdefault(("metric", row["domain"], row["metric"]), _linked(row, "enforcement", text, "num"))
    return [found.get(indicator.key) for indicator in indicators]


def _answer(status: str) -> str:
    return {"ratified": "answer a-yes", "not_ratified": "answer a-no"}.get(status, "answer a-na")


def _linked(row: Record, table: str, text: Any, kind: str) -> MatrixCell:
    return MatrixCell(str(text), f"chapters/{row['doc_id']}.html#{table}-{row['row']}", kind)
