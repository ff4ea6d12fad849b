"""Arranges the rows of one country, over all its report years, as its page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from review.actions import action_chart
from review.figures import Tables, charts, missing_metrics
from review.layout import LEVELS
from review.matrix import TABLES as MATRIX_TABLES
from review.matrix import Answers, answers, indicators
from review.named import named_tables
from review.release import Record
from review.texts import Meanings, sentence, shown_range
from review.yearly import yearly_changes


def country_view(tables: Tables, counts: Mapping[str, Mapping[str, int]], meanings: Meanings) -> dict[str, Any]:
    """Return everything that the template of a country page shows.

    ``tables`` holds the rows of all chapters of the country, ``counts`` the number of findings by chapter and severity.
    Chapters and standards are listed with the last year first; charts have the first year on the left.
    """
    documents = sorted(tables["documents"], key=lambda row: -row["report_year"])
    years = [row["report_year"] for row in documents]
    actions = action_chart(tables.get("suggested_actions", []), years[::-1], meanings)
    standards = _standards(tables, years, meanings)
    return {
        "name": documents[0]["country"],
        "iso3": documents[0]["iso3"],
        "chapters": [chapter_cell(row, counts) for row in documents],
        "plots": charts(tables, meanings),
        "missing": missing_metrics(tables),
        "changes": yearly_changes(documents, tables, standards, actions["action_counts"]),
        **actions,
        "groups": [*_other_groups(tables, years, meanings), ("Meets the standard", "standard", standards)],
        "named": named_tables(tables, years),
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


def _standards(tables: Tables, years: list[int], meanings: Meanings) -> list[dict[str, Any]]:
    """Return a line for each standard and part of the country, with one cell for each of the ``years``."""
    words = meanings.get("legal_standards", {}).get("standard", {})
    found: dict[tuple[str, str], dict[int, Record]] = defaultdict(dict)
    for row in tables.get("legal_standards", []):
        found[row["territory"] or "", row["standard"]].setdefault(row["report_year"], row)
    order = list(words)
    lines = []
    for territory, standard in sorted(found, key=lambda key: (key[0], order.index(key[1]) if key[1] in order else 99)):
        rows = found[territory, standard]
        earlier = dict(pairwise(years))
        cells = [_standard_cell(rows[year], rows.get(earlier.get(year, 0))) if year in rows else None for year in years]
        lines.append({"label": sentence(words.get(standard, standard)), "territory": territory, "cells": cells})
    return lines


def _other_groups(tables: Tables, years: list[int], meanings: Meanings) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return the groups of all indicators but the standards: heading, kind, and lines with a cell for each year."""
    by_year: dict[int, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for name in MATRIX_TABLES:
        for row in tables.get(name, []):
            by_year[row["report_year"]][name].append(row)
    found: list[Answers] = [answers(by_year[year]) for year in years]
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in indicators(found, meanings):
        if one.key[0] != "standard":  # the page has them in more detail
            groups[one.group].append({"label": one.heading, "cells": [by.get(one.key) for by in found]})
    return [(heading, "indicator", lines) for heading, lines in groups.items()]


def _standard_cell(row: Record, earlier: Record | None) -> dict[str, Any]:
    """Return a cell of the table of standards. ``earlier`` is the row of the report before, if there is one."""
    return {
        "status": row["status"],
        "age": shown_range(row["age"], row["age_to"]),
        "href": f"chapters/{row['doc_id']}.html#legal_standards-{row['row']}",
        "changed": earlier is not None and any(row[name] != earlier[name] for name in ("status", "age", "age_to")),
    }
