"""What the Prefect page of a run answers: what came in, what went out, what is wrong, what changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.publish import read_table
from flows.report import Report

if TYPE_CHECKING:
    import pandas as pd

ROWS = 200
"""The most rows that a table shows; the published tables have all of them."""
MARKUP = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]()#+-.!|~<>"} | {"\n": " ", "\r": " "})


def summary(report: Report, output: Path) -> str:
    """The run in Markdown. Names of files and messages are escaped: they come from outside."""
    lines = ["# Findings run", "", plain(report.sentence()), ""]
    if report.stopped:
        lines += _section("Stopped before publishing: the tables would lose too much", report.stopped)
        lines += ["What was published before stands. If the loss is meant, run again with `--allow-loss`.", ""]
    if report.obstacle:
        lines += [plain(f"{report.obstacle}. What was published before stands."), ""]
    lines += _section("Failed files", [str(failure) for failure in report.failures])
    lines += _section("Chapters that no file holds any more", report.retired)
    lines += _section("Missing", [f"{e['doc_id']} {e['table']}: {e['check']}: {e['message']}" for e in report.errors])
    lines += _section("Look at", report.warnings)
    if report.published and not report.unchanged:
        lines += ["## Tables", "", "| table | rows |", "|---|---:|"]
        lines += [f"| {plain(name)} | {count} |" for name, count in report.rows.items()] + [""]
    lines += [f"Output: {plain(str(output.resolve()))}", ""]
    return "\n".join(lines)


def tables(report: Report, output: Path) -> dict[str, list[dict[str, Any]]]:
    """Artifact key to rows of plain JSON values: the files, the changes and the findings of the run."""
    columns = ("source_path", "why", "read", "rows", "seconds")
    files = [
        {**{name: fact[name] for name in columns}, "chapters": ", ".join(fact["doc_ids"])} for fact in report.inputs
    ]
    failed = {failure.source_path: failure.reason for failure in report.failures}
    shown = {"files": [{**row, "failure": failed.get(row["source_path"], "")} for row in files[:ROWS]]}
    if report.unchanged or not report.published:
        return shown
    quality = read_table(output, "quality")
    worst = quality[quality["severity"] != "info"].sort_values("severity", kind="stable")
    changes = read_table(output, "changes")
    return {
        **shown,
        "changes": report.changes,
        "changed-rows": _records(changes.drop(columns=["iso3", "report_year", "row", "page", "bbox", "line"])),
        "quality-findings": _records(worst[["doc_id", "severity", "check", "table", "message"]]),
    }


def plain(text: str) -> str:
    """Text as Markdown that shows it as it is."""
    return text.translate(MARKUP)


def _section(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    more = [f"- and {len(lines) - ROWS} more"] if len(lines) > ROWS else []
    return [f"## {title}", "", *(f"- {plain(line)}" for line in lines[:ROWS]), *more, ""]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of plain JSON types (an artifact takes no others)."""
    records: list[dict[str, Any]] = json.loads(frame.head(ROWS).to_json(orient="records"))
    return records
