"""Follows agencies, coordinating bodies, policies and programs of a country over its reports, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz

from review.release import History, Record

KINDS = (
    ("agencies", "agency", "Agencies that enforce"),
    ("coordination", "body", "Coordinating bodies"),
    ("policies", "policy", "Policies"),
    ("programs", "program", "Social programs"),
)
"""Tables with one named row for each agency, body, policy or program: table, column of the name, heading."""
SAME_NAME = 85
"""Similarity (0 to 100) from which two names in different reports count as the same."""

_ADDITION = re.compile(r"\s*\([^()]*\)|[^\w\s]")
"""What a report adds to a name or leaves out: abbreviations and years in parentheses, and punctuation."""

_IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
_ABBREVIATION = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z-]{2,12}")
"""A word with at least two capitals: MOL, MoLE, UNICEF, DEMUNA."""


def named_tables(tables: Mapping[str, list[Record]], years: Sequence[int]) -> list[dict[str, Any]]:
    """Return for each kind a table of names by year, with a link to the row of each report that lists the name.

    ``years`` are the years of the country's reports, the last one first. Names of the last report come first. A kind
    that no report lists is left out.
    """
    shown = []
    for table, column, heading in KINDS:
        histories = match_names(tables.get(table, []), column)
        if histories:
            order = sorted(histories, key=lambda one: (-max(one.rows), one.newest["row"]))
            lines = [_line(one, table, column, years) for one in order]
            shown.append({"id": table, "heading": heading, "lines": lines})
    return shown


def match_names(rows: Iterable[Record], column: str) -> list[History]:
    """Find the rows of different reports that have the same name in ``column``, apart from additions and spelling.

    Each row is matched with the most similar name of earlier reports that no other row of its report has taken.
    """
    histories: list[History] = []
    for row in sorted(rows, key=lambda row: (row["report_year"], row["row"])):
        year = row["report_year"]
        candidates = [
            (similarity, -index)
            for index, one in enumerate(histories)
            if year not in one.rows
            and (similarity := max(_similarity(known, row, column) for known in one.rows.values())) >= SAME_NAME
        ]
        if candidates:
            histories[-max(candidates)[1]].rows[year] = row
        else:
            histories.append(History({year: row}))
    return histories


def _similarity(one: Record, other: Record, column: str) -> float:
    if (one["territory"] or "") != (other["territory"] or ""):
        return 0.0
    if _abbreviations(one[column]) & _abbreviations(other[column]):
        return 100.0
    return fuzz.ratio(_folded(one[column]), _folded(other[column]))


def _abbreviations(name: str) -> set[str]:
    """Return the abbreviations in parentheses, and the name itself if it is one (SUNAFIL, Peru 2015 to 2017)."""
    return {part for part in (name, *_IN_PARENTHESES.findall(name)) if _ABBREVIATION.fullmatch(part)}


def _folded(name: str) -> str:
    plain = _ADDITION.sub("", name).casefold().strip()
    return plain or name.casefold()


def _line(history: History, table: str, column: str, years: Sequence[int]) -> dict[str, Any]:
    row = history.newest
    cells = [
        f"chapters/{history.rows[year]['doc_id']}.html#{table}-{history.rows[year]['row']}"
        if year in history.rows
        else ""
        for year in years
    ]
    return {"name": row[column], "territory": row["territory"], "cells": cells}
