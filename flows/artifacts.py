"""The artifacts on the Prefect page of a run: what came in, what went out, what is wrong, what changed."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.publish import read_table
from flows.report import Report

if TYPE_CHECKING:
    import pandas as pd

ROWS = 200
"""The most rows that a table shows; the published tables have all of them."""
OF_A_KIND = 10
"""The most rows that a table of changes shows of one kind of change to one table."""
WIDTH = 40
"""The most characters of a row's name, and of a value before and after it changed."""
CHANGED = ("added", "removed", "changed")
WHOLE = ("chapter_added", "chapter_retired", "moved")
"""Changes that are shown as a number of rows."""
DESCRIPTIONS = {
    "run-summary": "What went out, and what is wrong",
    "files": "What came in: failed files first, then those that were read",
    "changes": "What changed, by table",
    "changed-chapters": "What changed, by chapter, and why",
    "changed-rows": f"What changed: at most {OF_A_KIND} rows of each kind; all are in the table changes",
    "quality-findings": "What may be wrong or is missing; all findings are in the table quality",
}
MARKUP = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]()#+-.!|~<>"} | {"\n": " ", "\r": " "})


def summary(report: Report, output: Path) -> str:
    """The run in Markdown. Names of files and messages are escaped: they come from outside."""
    lines = [f"# Findings run {plain(report.run)}", "", plain(report.sentence()), ""]
    came = Counter(_why(report, fact) for fact in report.inputs)
    lines += [f"Files: {plain(', '.join(f'{why} {count}' for why, count in came.items()))}.", ""] if came else []
    lines += [f"Exit code {report.exit_code}.", ""]
    if report.stopped:
        lines += _section("Stopped before publishing: the tables would lose too much", report.stopped)
        lines += ["The published tables stay as they were. If the loss is intended, run again with `--allow-loss`.", ""]
    lines += _section("Not published; the published tables stay as they were", list(filter(None, [report.obstacle])))
    lines += _section("Damaged files of the release before", report.damage)
    lines += _section("Failed files", [str(failure) for failure in report.failures])
    lines += _section("Chapters that no file holds any more", report.retired)
    lines += _section("Missing", [f"{e['doc_id']} {e['table']}: {e['check']}: {e['message']}" for e in report.errors])
    lines += _section("Known issues that fit no finding any more", report.stale_issues)
    lines += _section("Missing in the review site", report.site_faults)
    lines += _section("Files that no reader takes", report.other_files)
    if report.published and not report.unchanged:
        changed = {row["table"]: row for row in report.changes}
        rows = [
            {"table": name, "rows": count, **{kind: changed.get(name, {}).get(kind, 0) for kind in CHANGED}}
            for name, count in report.rows.items()
        ]
        lines += _grid("Chapters that changed", _chapters(report, output)) + _grid("Tables", rows)
    lines += [f"Output: {plain(str(output.resolve()))}", ""]
    if report.site:  # a browser opens a file link only from a page on disk, so the path can also be copied
        lines += [f"Review site: [{plain(report.site)}]({Path(report.site).as_uri()})", ""]
    return "\n".join(lines)


def tables(report: Report, output: Path) -> dict[str, list[dict[str, Any]]]:
    """Artifact key to rows of plain JSON values: the files, the changes and the findings of the run."""
    shown = {"files": _files(report, output)[:ROWS]}
    if report.unchanged or not report.published:
        return shown
    quality = read_table(output, "quality")
    worst = quality[quality["severity"] != "info"].sort_values("severity", kind="stable")
    return {
        **shown,
        "changes": report.changes,
        "changed-chapters": _chapters(report, output)[:ROWS],
        "changed-rows": _changed_rows(_fresh(report, output)),
        "quality-findings": _records(worst.head(ROWS)[["doc_id", "severity", "check", "table", "message"]]),
    }


def _files(report: Report, output: Path) -> list[dict[str, Any]]:
    """What came in: the files that failed, then those that were read, then those that were known."""
    failed = {failure.source_path: failure.reason for failure in report.failures}
    releases = _records(read_table(output, "releases")) if report.published and not report.unchanged else []
    known = {(row["source_path"], row["doc_id"]): row for row in releases}
    files = []
    for fact in sorted(report.inputs, key=lambda fact: not fact["read"]):
        versions = [known[place] for doc_id in fact["doc_ids"] if (place := (fact["source_path"], doc_id)) in known]
        files.append(
            {
                "file": fact["source_path"],
                "failure": failed.pop(fact["source_path"], ""),
                "why": _why(report, fact),
                "chapters": ", ".join(fact["doc_ids"]),
                "version": ", ".join(sorted({row["reason"] for row in versions})),
                "released": ", ".join(sorted({row["released"] for row in versions})),
                "rows": fact["rows"],
                "seconds": fact["seconds"],
            }
        )
    files += [{"file": name, "failure": reason} for name, reason in failed.items()]  # they could not be opened
    return sorted(files, key=lambda row: not row["failure"])


def _why(report: Report, fact: dict[str, Any]) -> str:
    unread = report.unchanged and not fact["read"]
    return "unchanged" if unread else str(fact["why"])  # then the facts are those of the run before


def _changed_rows(changes: pd.DataFrame) -> list[dict[str, Any]]:
    """Some changes of every kind, because hundreds of renumbered references would hide the one new sentence."""
    from schemas import POINTERS

    shown = changes.groupby(["table", "change"], sort=False).head(OF_A_KIND)
    shown = shown.assign(last=2 * shown["change"].isin(WHOLE) + shown["table"].isin(POINTERS))
    rows = _records(shown.sort_values("last", kind="stable").head(ROWS))
    return [
        {
            "chapter": row["doc_id"],
            "table": row["table"],
            "change": row["change"],
            "row": _shortened(row["key"]) or f"{row['rows']} rows",
            "field": row["field"],
            **_apart(row["before"], row["after"]),
        }
        for row in rows
    ]


def _apart(before: str, after: str) -> dict[str, str]:
    """Two texts from shortly before their first difference; Prefect's page does not wrap the cells of a table."""
    parts = len(os.path.commonprefix([before, after]))  # noqa: RUF071  (letters are meant)
    start = max(0, parts - 20) if min(len(before), len(after)) > WIDTH else 0
    return {name: _shortened(text, start) for name, text in (("before", before), ("after", after))}


def _shortened(text: str, start: int = 0) -> str:
    ends = start + WIDTH
    return f"{'…' if start else ''}{text[start:ends]}{'…' if len(text) > ends else ''}"


def _chapters(report: Report, output: Path) -> list[dict[str, Any]]:
    """The chapters of which something changed, each with the cause and the file that it is from."""
    from flows.changes import by_chapter  # loads pandas, which a run with nothing to do does not need

    files = {doc_id: fact["source_path"] for fact in report.inputs for doc_id in fact["chosen"]}
    return [
        {"chapter": row["chapter"], "cause": row["cause"], "file": files.get(row["chapter"], ""), **row}
        for row in by_chapter(_fresh(report, output))
    ]


def _fresh(report: Report, output: Path) -> pd.DataFrame:
    """The rows of ``changes`` that this run has added."""
    changes = read_table(output, "changes")
    return changes[changes["release"] == report.release]


def plain(text: str) -> str:
    """Text as Markdown that shows it as it is."""
    return text.translate(MARKUP)


def _section(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    more = [f"- and {len(lines) - ROWS} more"] if len(lines) > ROWS else []
    return [f"## {title}", "", *(f"- {plain(line)}" for line in lines[:ROWS]), *more, ""]


def _grid(title: str, rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    head = [
        f"| {' | '.join(rows[0])} |",
        f"|{'|'.join('---:' if type(v) is int else '---' for v in rows[0].values())}|",
    ]
    body = [f"| {' | '.join(plain(str(value)) for value in row.values())} |" for row in rows[:ROWS]]
    more = ["", f"and {len(rows) - ROWS} more"] if len(rows) > ROWS else []
    return [f"## {title}", "", *head, *body, *more, ""]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of plain JSON types (an artifact takes no others)."""
    return json.loads(frame.to_json(orient="records"))  # type: ignore[no-any-return]
