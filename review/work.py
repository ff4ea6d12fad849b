"""What a process of the build does: draws a file's pages and renders pages of the site."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from review import declared, pictures
from review.chapter import ChapterView, Meanings
from review.country import chapter_cell, country_view
from review.layout import LABELS, LEVELS, SEVERITIES
from review.pictures import Sheet, write_whole
from review.release import Packed, Row, unpack

SHORTEST = 160
"""Characters of a changed value that a list of changes shows."""


@dataclass
class Job:
    """One source file: where it may be, the chapters to build from it, and ``reason``: why its pages are not drawn."""

    sha256: str
    format: str
    candidates: list[str]
    site: str
    folder: str
    meanings: Meanings
    chapters: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    declared: dict[str, Any] = field(default_factory=dict)


@dataclass
class Made:
    """What became of a job: for each chapter its entry in the ledger, or why it failed."""

    chapters: dict[str, dict[str, Any]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    pictures: int = 0


def do_job(job: Job) -> Made:
    """Draw what is missing and render the chapters of one file. Never raises for one bad chapter."""
    declared.show(job.declared)
    made = Made()
    unpacked = [(chapter, unpack(chapter["tables"])) for chapter in job.chapters]
    data = next(filter(None, (pictures.read_source(Path(path), job.sha256) for path in job.candidates)), None)
    sheets: dict[int, Sheet] = {}
    lines: list[str] = []
    folder = Path(job.site) / "pages" / job.folder
    views: list[tuple[dict[str, Any], ChapterView]] = []
    for chapter, tables in unpacked:
        try:
            registry = unpack(chapter["registry"]).get("entity_registry", [])
            views.append((chapter, ChapterView(tables, registry, job.meanings)))
        except Exception as error:  # one chapter with rows nobody foresaw must not stop the others
            made.failed[chapter["doc_id"]] = f"{type(error).__name__}: {error}"
    missing = job.reason
    if job.format == "text":
        lines = pictures.source_lines(data) if data is not None else []
    else:
        wanted = {page for _, view in views for page in view.pages}
        before = pictures.known_sheets(folder)
        sheets = pictures.draw_sheets(data, wanted, folder) if data is not None and wanted - before.keys() else before
        made.pictures = len(sheets.keys() - before.keys())
    if not missing and not lines and not sheets:
        missing = (
            "The source file is not where the run found it, or it has changed since, so its pages cannot be shown."
            if data is None
            else "The pages of the source file could not be drawn."
        )
    for chapter, view in views:
        try:
            shown = [sheets[page] for page in view.pages if page in sheets]
            page = render_chapter(view, chapter, shown, lines, missing, job.folder)
            write_whole(Path(job.site) / "chapters" / f"{chapter['doc_id']}.html", page)
        except Exception as error:
            made.failed[chapter["doc_id"]] = f"{type(error).__name__}: {error}"
            continue
        entry: dict[str, Any] = {"key": chapter["key"], "sheets": [sheet["page"] for sheet in shown]}
        made.chapters[chapter["doc_id"]] = entry | ({"missing": missing} if missing else {})
    return made


def render_chapter(
    view: ChapterView, chapter: Mapping[str, Any], sheets: list[Sheet], lines: list[str], missing: str, folder: str
) -> bytes:
    """A chapter page. ``lines`` are those of a raw text, ``sheets`` the pictures of a PDF; either can be empty."""
    line_rows: dict[int, str] = {}
    for _, _, blocks in view.sections:
        for block in blocks:
            for line in block.lines:
                if line.at.startswith("L"):
                    line_rows.setdefault(int(line.at[1:]), line.anchor)
    for line in view.references:
        if line.at.startswith("L"):
            line_rows.setdefault(int(line.at[1:]), line.anchor)
    return _render(
        "chapter.html",
        root="../",
        view=view,
        country=chapter["country"],
        siblings=chapter["siblings"],
        sheets=sheets,
        picture_root=f"../pages/{folder}/",
        lines=lines,
        line_rows=line_rows,
        missing=missing,
        labels=LABELS,
    )


def render_failed(document: Row, reason: str) -> bytes:
    """What stands in the place of a chapter page that could not be built."""
    return _render(
        "failed.html",
        root="../",
        country=document["country"],
        iso3=document["iso3"],
        year=document["report_year"],
        reason=reason,
    )


def render_country(packed: Packed, counts: Mapping[str, Mapping[str, int]], meanings: Meanings) -> bytes:
    """A country page."""
    return _render("country.html", root="../", **country_view(unpack(packed), counts, meanings))


def render_start(
    documents: Sequence[Row],
    counts: Mapping[str, Mapping[str, int]],
    checks: Mapping[str, Counter[tuple[str, str]]],
    run: Mapping[str, Any],
    changes: Sequence[Row] | None,
    quarantine: int,
    meanings: Meanings,
) -> bytes:
    """The start page. ``checks``: chapter, then check and severity, to the number of findings."""
    years = sorted({row["report_year"] for row in documents})
    marked = {row["doc_id"] for row in changes or []}
    if len(marked) >= len(documents):  # as in a first run: marks on all chapters tell nothing
        marked = set()
    by_country: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in documents:
        by_country[row["iso3"]][row["report_year"]] = row
    grid = []
    for iso3, rows in by_country.items():
        names = list(dict.fromkeys(row["country"] for _, row in sorted(rows.items(), reverse=True)))
        cells: list[dict[str, Any] | None] = []
        for year in years:
            if year not in rows:
                cells.append(None)
                continue
            row = rows[year]
            found = sorted({check for check, _ in checks.get(row["doc_id"], ())})
            cell = chapter_cell(row, counts)
            cells.append({**cell, "checks": " ".join(found), "changed": row["doc_id"] in marked})
        grid.append({"iso3": iso3, "name": names[0], "search": " ".join([*names, iso3]).casefold(), "cells": cells})
    rows_of_run = run.get("rows") or {}
    totals = {
        "chapters": len(documents),
        "countries": len(by_country),
        "rows": sum(rows_of_run.values()),
        "quarantine": quarantine,
        **{severity: sum(by.get(severity, 0) for by in counts.values()) for severity in ("error", "warning", "info")},
    }
    return _render(
        "index.html",
        root="",
        years=years or [0],
        grid=sorted(grid, key=lambda one: _sorting(one["name"])),
        totals=totals,
        marked=marked,
        checks=_checks(checks),
        meaning=meanings.get("quality", {}).get("check", {}),
        run={"started": "", "inputs": [], "failures": [], "errors": [], "versions": {}, **run},
        failures=[_failure(failure) for failure in run.get("failures") or []],
        why=_why(run),
        changes=None if changes is None else _changes(changes),
        known={row["doc_id"] for row in documents},
    )


def _sorting(name: str) -> str:
    """Côte d’Ivoire stands among the other C."""
    import unicodedata

    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def _failure(failure: Any) -> str:
    if not isinstance(failure, Mapping):
        return str(failure)
    name, reason = failure.get("source_path", ""), failure.get("reason", "")
    return f"{name}: {reason}" if name else str(reason)


def _why(run: Mapping[str, Any]) -> list[tuple[str, int]]:
    reasons = Counter(str(one["why"]) for one in run.get("inputs") or [] if one.get("why"))
    return reasons.most_common(6)


def _checks(checks: Mapping[str, Counter[tuple[str, str]]]) -> list[dict[str, Any]]:
    """Checks with what they found, the worst first."""
    findings: Counter[tuple[str, str]] = Counter()
    chapters: Counter[tuple[str, str]] = Counter()
    for by in checks.values():
        findings.update(by)
        chapters.update(by.keys())
    order = sorted(findings, key=lambda one: (SEVERITIES.index(one[1]), -findings[one], one[0]))
    out: dict[str, list[tuple[str, dict[str, int]]]] = defaultdict(list)
    for check, severity in order:
        n = {"findings": findings[check, severity], "chapters": chapters[check, severity]}
        out[check].append((severity, n))
    return [{"check": check, "by": by} for check, by in out.items()]


def _changes(changes: Sequence[Row]) -> dict[str, Any]:
    by_kind: dict[tuple[str, str, str], dict[str, Any]] = {}
    by_chapter: dict[str, dict[str, Any]] = {}
    for row in changes:
        kind = by_kind.setdefault((row["table"], row["change"], row["cause"]), {"rows": 0, "chapters": set()})
        kind["rows"] += row["rows"] or 0
        kind["chapters"].add(row["doc_id"])
        chapter = by_chapter.setdefault(row["doc_id"], {"rows": 0, "causes": set()})
        chapter["rows"] += row["rows"] or 0
        chapter["causes"].add(_words(row["cause"]))
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


def _words(code: Any) -> str:
    return str(code or "").replace("_", " ")


def _shortened(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= SHORTEST else text[: SHORTEST - 1] + "…"


@functools.cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("review"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = _words
    environment.filters["short"] = _shortened
    environment.globals["levels"] = LEVELS
    return environment


def _render(template: str, **values: Any) -> bytes:
    return _templates().get_template(template).render(**values).encode("utf-8", "replace")
