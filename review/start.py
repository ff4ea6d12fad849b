"""Arranges the start page: all chapters by country and year, the findings by check, and the last run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from review.country import chapter_cell
from review.layout import SEVERITIES
from review.release import Record
from review.render import render, words
from review.texts import Meanings, sort_key

Counts = Mapping[str, Mapping[str, int]]
Checks = Mapping[str, Counter[tuple[str, str]]]
MOST_REASONS = 6
"""Most reasons for reading files that the page lists."""


def render_start(
    documents: Sequence[Record],
    counts: Counts,
    checks: Checks,
    run: Mapping[str, Any],
    changes: Sequence[Record] | None,
    quarantine: int,
    meanings: Meanings,
) -> bytes:
    """Return the start page as HTML.

    ``counts`` gives the number of findings of each chapter by severity, ``checks`` by (check, severity). ``run`` is the
    content of ``run.json``, ``changes`` the rows of that table (``None`` if the run has no such table), and
    ``quarantine`` the number of rejected rows.
    """
    years = sorted({row["report_year"] for row in documents}, reverse=True)
    changed = {row["doc_id"] for row in changes or []}
    if len(changed) >= len(documents):  # after a first run every chapter is new, and marking all of them says nothing
        changed = set()
    grid = _grid(documents, years, counts, checks, changed)
    return render(
        "index.html",
        root="",
        years=years or [0],
        grid=grid,
        totals=_totals(len(documents), len(grid), counts, run, quarantine),
        marked=changed,
        checks=_checks(checks),
        meaning=meanings.get("quality", {}).get("check", {}),
        run={"started": "", "inputs": [], "failures": [], "errors": [], "versions": {}, **run},
        failures=[_failure(failure) for failure in run.get("failures") or []],
        why=_reasons(run),
        changes=None if changes is None else _changes(changes),
        known={row["doc_id"] for row in documents},
    )


def _grid(
    documents: Sequence[Record], years: Sequence[int], counts: Counts, checks: Checks, changed: set[str]
) -> list[dict[str, Any]]:
    """Return one line for each country, sorted by name, with one cell for each year (``None``: no chapter)."""

    def cell(row: Record) -> dict[str, Any]:
        found = sorted({check for check, _ in checks.get(row["doc_id"], ())})
        return {**chapter_cell(row, counts), "checks": " ".join(found), "changed": row["doc_id"] in changed}

    by_country: dict[str, dict[int, Record]] = defaultdict(dict)
    for row in documents:
        by_country[row["iso3"]][row["report_year"]] = row
    lines = []
    for iso3, rows in by_country.items():
        names = list(dict.fromkeys(row["country"] for _, row in sorted(rows.items(), reverse=True)))
        cells = [cell(rows[year]) if year in rows else None for year in years]
        lines.append({"iso3": iso3, "name": names[0], "search": " ".join([*names, iso3]).casefold(), "cells": cells})
    return sorted(lines, key=lambda line: sort_key(line["name"]))


def _totals(chapters: int, countries: int, counts: Counts, run: Mapping[str, Any], quarantine: int) -> dict[str, int]:
    by_severity = {severity: sum(found.get(severity, 0) for found in counts.values()) for severity in SEVERITIES}
    rows = sum((run.get("rows") or {}).values())
    return {"chapters": chapters, "countries": countries, "rows": rows, "quarantine": quarantine, **by_severity}


def _failure(failure: Any) -> str:
    if not isinstance(failure, Mapping):
        return str(failure)
    name, reason = failure.get("source_path", ""), failure.get("reason", "")
    return f"{name}: {reason}" if name else str(reason)


def _reasons(run: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return the most frequent reasons why files were read or not, with the number of files."""
    reasons = Counter(str(one["why"]) for one in run.get("inputs") or [] if one.get("why"))
    return reasons.most_common(MOST_REASONS)


def _checks(checks: Checks) -> list[dict[str, Any]]:
    """Return the checks with their numbers of findings and chapters by severity, the most severe check first."""
    findings: Counter[tuple[str, str]] = Counter()
    chapters: Counter[tuple[str, str]] = Counter()
    for found in checks.values():
        findings.update(found)
        chapters.update(found.keys())
    order = sorted(findings, key=lambda one: (SEVERITIES.index(one[1]), -findings[one], one[0]))
    by_check: dict[str, list[tuple[str, dict[str, int]]]] = defaultdict(list)
    for check, severity in order:
        number = {"findings": findings[check, severity], "chapters": chapters[check, severity]}
        by_check[check].append((severity, number))
    return [{"check": check, "by": by} for check, by in by_check.items()]


def _changes(changes: Sequence[Record]) -> dict[str, Any]:
    """Return the changes of the last run, counted by table and cause, and by chapter."""
    by_kind: dict[tuple[str, str, str], dict[str, Any]] = {}
    by_chapter: dict[str, dict[str, Any]] = {}
    for row in changes:
        kind = by_kind.setdefault((row["table"], row["change"], row["cause"]), {"rows": 0, "chapters": set()})
        kind["rows"] += row["rows"] or 0
        kind["chapters"].add(row["doc_id"])
        chapter = by_chapter.setdefault(row["doc_id"], {"rows": 0, "causes": set()})
        chapter["rows"] += row["rows"] or 0
        chapter["causes"].add(words(row["cause"]))
    return {
        "summary": [
            {"table": table, "change": change, "cause": cause, "rows": n["rows"], "chapters": len(n["chapters"])}
            for (table, change, cause), n in sorted(by_kind.items())
        ],
        "chapters": [
            {"doc_id": doc_id, "rows": n["rows"], "causes": ", ".join(sorted(n["causes"]))}
            for doc_id, n in sorted(by_chapter.items())
        ],
    }
