"""Chapters with fewer rows of a table than in an earlier release: an error in every run until it is acknowledged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

Counts = dict[str, dict[str, int]]
"""Chapter -> table -> number of rows."""
NOT_COUNTED = {"changes", "corrections", "countries", "disagreements", "entities", "entity_registry", "provenance"}
NOT_COUNTED |= {"quality", "quarantine", "releases", "works"}
"""Tables whose rows say nothing about a loss: findings, facts of the run, and what is derived from other tables."""


def count_rows(rows: Mapping[str, Mapping[str, int]]) -> Counts:
    """Return how many rows each chapter has in each table, from the rows of each table by chapter."""
    counts: Counts = {}
    for name, chapters in rows.items():
        if name not in NOT_COUNTED:
            for doc_id, count in chapters.items():
                counts.setdefault(doc_id, {})[name] = count
    return counts


def lost_rows(expected: Counts, now: Counts, documents: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row of ``quality`` for each table of a chapter that has fewer rows than it had in an earlier release."""
    place = {row["doc_id"]: (row["iso3"], row["report_year"]) for row in documents.to_dict("records")}
    return [
        {
            "doc_id": doc_id,
            "iso3": place[doc_id][0],
            "report_year": place[doc_id][1],
            "row": None,
            "page": None,
            "bbox": "",
            "line": None,
            "check": "rows_lost",
            "severity": "error",
            "table": table,
            "message": f"{now.get(doc_id, {}).get(table, 0)} rows of {table}; an earlier release had {count}",
            "origin": "reading",
            "acknowledged": False,
        }
        for doc_id, tables in sorted(expected.items())
        for table, count in sorted(tables.items())
        if doc_id in place and now.get(doc_id, {}).get(table, 0) < count
    ]


def add_findings(quality: pd.DataFrame, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return ``quality`` with more findings, in the order of a published table."""
    if not rows:
        return quality
    import pandas as pd

    import schemas

    whole = pd.concat([quality, schemas.typed("quality", rows)], ignore_index=True)
    return whole.sort_values(["doc_id", "table", "row"], kind="stable", ignore_index=True)


def next_expected(expected: Counts, now: Counts, accepted: Collection[tuple[str, str]]) -> Counts:
    """Return the counts that the next run must reach: the highest of any release, or the present one if a loss was
    acknowledged. ``accepted`` are chapter and table of the acknowledged losses. Chapters that are gone are left out."""
    return {
        doc_id: {
            table: count if (doc_id, table) in accepted else max(count, expected.get(doc_id, {}).get(table, 0))
            for table in sorted({*tables, *expected.get(doc_id, {})})
            for count in [tables.get(table, 0)]
        }
        for doc_id, tables in now.items()
    }
