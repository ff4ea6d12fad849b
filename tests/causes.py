"""``python -m tests.causes TABLES --before TABLES``: what became of the chapters with known causes of loss.

``tests/causes.yml`` lists the causes. The command counts the rows of their chapters in the tables of an earlier version
and of this one. It writes the counts into that file and, as a page, into ``docs/known-pages.md``. The chapters are no
part of the project; ``tests/test_accuracy.py`` compares the counts with a run over them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pandas.api.types import is_numeric_dtype

from tests.conftest import ROOT

CAUSES = ROOT / "tests" / "causes.yml"
DOCUMENT = ROOT / "docs" / "known-pages.md"
COUNTED = (
    "activities",
    "agencies",
    "citations",
    "conventions",
    "coordination",
    "documents",
    "enforcement",
    "footnotes",
    "legal_standards",
    "paragraphs",
    "policies",
    "programs",
    "references",
    "sectors",
    "statistics",
    "suggested_actions",
)
NOT_COMPARED = ("page", "bbox", "line", "row", "source_path", "released")
BY_NUMBER = ("citations", "footnotes", "quality", "quarantine")
"""Tables whose rows are only counted, because their contents follow from other tables."""
HEAD = """\
# Known pages

Real chapters on which an earlier version (commit `bbbb858`) lost or misread rows, by cause, with the test that draws
such a page. `3 → 12` are the rows of a table before and now. `3 of 12 read otherwise` are rows with other values than
before, where their number is the same. This page is generated: `python -m tests.causes TABLES --before TABLES`.

| # | cause | chapter | what has changed | test |
|--:|---|---|---|---|
"""
Counts = dict[str, list[int]]


def causes() -> list[dict[str, Any]]:
    """The causes as they are listed."""
    listed: list[dict[str, Any]] = yaml.safe_load(CAUSES.read_text(encoding="utf-8"))["causes"]
    return listed


def rows_of(tables: Path, chapters: Iterable[str]) -> dict[str, dict[str, pd.DataFrame]]:
    """The counted rows of some chapters, by chapter and table; with the errors and what is in quarantine."""
    wanted = set(chapters)
    found: dict[str, dict[str, pd.DataFrame]] = {chapter: {} for chapter in wanted}
    for name in (*COUNTED, "quality", "quarantine"):
        frame = pd.read_parquet(tables / f"{name}.parquet")
        if name == "citations":  # the earlier version had one row for a source that a row cites more than once
            frame = frame.drop_duplicates(["doc_id", "table", "row", "number"])
        if name == "legal_standards" and "age_to" not in frame:
            frame["age_to"] = pd.Series(dtype="Int64")  # of several ages the earlier version kept one
        for chapter, rows in frame[frame["doc_id"].isin(wanted)].groupby("doc_id"):
            found[str(chapter)][name] = rows[rows["severity"] == "error"] if name == "quality" else rows
    return found


def counts(now: Mapping[str, pd.DataFrame], before: Mapping[str, pd.DataFrame]) -> Counts:
    """For each table that differs: rows before, rows now, and how many of the rows now are read otherwise."""
    differing: Counts = {}
    for name in (*COUNTED, "quality", "quarantine"):
        old, new = before.get(name, pd.DataFrame()), now.get(name, pd.DataFrame())
        same = Counter(values(new, old)) & Counter(values(old, new))
        other = 0 if name in BY_NUMBER else len(new) - same.total()
        if len(old) != len(new) or other:
            differing["errors" if name == "quality" else name] = [len(old), len(new), other]
    return differing


def values(frame: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """The rows as texts, in the columns that both versions have and that say what a row says."""
    columns = [column for column in sorted(frame.columns) if column in other.columns and column not in NOT_COMPARED]
    shown = frame[columns].apply(lambda column: column.astype("Float64") if is_numeric_dtype(column) else column)
    return [repr(row) for row in shown.astype(str).itertuples(index=False)]


def in_words(differing: Counts) -> str:
    """The counts of one chapter as a sentence of the page."""
    parts = []
    for name, (before, now, other) in differing.items():
        parts.append(f"{name} {before} → {now}" if before != now else f"{name} {other} of {now} read otherwise")
    return ", ".join(parts) or "nothing"


def page(listed: Iterable[Mapping[str, Any]]) -> str:
    """The page about all causes."""
    lines = []
    for number, cause in enumerate(listed, 1):
        for chapter in cause["chapters"] or ["-"]:
            changed = in_words(cause.get("counts", {}).get(chapter, {})) if cause["chapters"] else "no chapter here"
            lines.append(f"| {number} | {cause['cause']} | {chapter} | {changed} | `{cause['test']}` |\n")
    return HEAD + "".join(lines)


def main() -> None:
    """Count, and write the list and the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.causes", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("tables", type=Path, help="the folder of tables of this version")
    parser.add_argument("--before", type=Path, required=True, help="the folder of tables of the earlier version")
    chosen = parser.parse_args()
    listed = causes()
    chapters = {chapter for cause in listed for chapter in cause["chapters"]}
    now, before = rows_of(chosen.tables, chapters), rows_of(chosen.before, chapters)
    for cause in listed:
        cause["counts"] = {chapter: counts(now[chapter], before[chapter]) for chapter in cause["chapters"]}
    head = "".join(line for line in CAUSES.read_text(encoding="utf-8").splitlines(True) if line.startswith("#"))
    text = yaml.safe_dump({"causes": listed}, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    CAUSES.write_text(head + text, encoding="utf-8")
    DOCUMENT.write_text(page(listed), encoding="utf-8")


if __name__ == "__main__":
    main()
