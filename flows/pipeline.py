"""The Prefect flow: one task for each file, then validation and publishing of what could be read.

Tasks hand each other names of ledger entries, not records, so a run that is cut keeps what it has extracted.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import platform
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pandas as pd
from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

import extractors
from extractors.model import Extraction
from extractors.registry import register
from flows import ledger, publish
from flows.releases import Choice, Release, choose
from flows.report import Failure, FileFailed, Report
from flows.sources import SourceFile, find_sources
from flows.workers import Workers, cores
from schemas import Validated, validate

LOG = logging.getLogger("findings")
LOG.setLevel(logging.INFO)
ARTIFACT_ROWS = 200
"""The most rows that a table artifact shows; the tables have all of them."""


FILE_DONE = {"file_done": True}
"""Marks the log line with which the work on a file ends, for whoever counts them."""


@dataclass(frozen=True)
class Extracted:
    """What one file gave: its versions of chapters, and where their records are."""

    releases: tuple[Release, ...]
    entry: Path
    rows: int
    seconds: float
    cached: bool


def threads(count: int) -> Any:
    """A task runner whose threads wait for the processes that read, one for each."""
    return ThreadPoolTaskRunner(max_workers=count)


@flow(
    name="findings",
    description="Chapters (PDF or raw text) to validated, cited tables.",
    task_runner=threads(cores()),
)
def ingest(paths: list[str], output: str = "output", workers: int = 0, force: bool = False) -> Any:
    """Read every chapter under ``paths``, publish the tables in ``output``.

    ``workers`` is the number of processes that read files (0: one for each core); ``force`` reads again what the
    ledger has. The state is Completed only if nothing failed and nothing is missing; its data is the run's report.
    Raises ``NoSources`` and ``OutputInUse``. If no chapter could be read, the output stays as it was.
    """
    clock = time.perf_counter()
    folder = Path(output)
    report = Report(started=datetime.now(UTC).isoformat(timespec="seconds"), versions=_versions())
    sources = find_sources([Path(path) for path in paths])
    with publish.sole_writer(folder), Workers(min(workers or cores(), len(sources))) as pool:
        entries = ledger.Ledger(folder / ".cache")
        futures = [(file, extract_chapter.submit(file, entries.entry(file), pool, force)) for file in sources]
        extracted: dict[SourceFile, Extracted] = {}
        for file, future in futures:
            result = future.result(raise_on_failure=False)
            if isinstance(result, Extracted):
                extracted[file] = result
            else:
                report.failures.append(_failure(file, result))
        choices = choose(release for result in extracted.values() for release in result.releases)
        report.inputs = [_input(file, extracted.get(file), choices) for file in sources]
        if choices:
            validated, failures = validate_chapters(
                [(choice, extracted[choice.chosen.source].entry) for choice in choices]
            )
            report.failures += failures
            _count(validated, report)
        report.seconds = round(time.perf_counter() - clock, 2)
        if report.chapters:
            report.published = True
            publish_tables(validated, report, folder)
            _artifacts(validated, report)
    LOG.log(logging.INFO if report.ok else logging.WARNING, "run: %s", report.sentence())
    state = Completed if report.ok else Failed
    return state(message=report.sentence(), data=report.to_dict())


@task(task_run_name="extract {file.source_path}", cache_policy=NO_CACHE)
def extract_chapter(file: SourceFile, entry: Path, pool: Workers, force: bool) -> Extracted:
    """Read one file into the ledger, or find it there. Raises :class:`FileFailed`."""
    clock = time.perf_counter()
    cached = entry.exists() and not force
    try:
        if not cached:
            failure = pool.run(ledger.extract_into, file, entry)
            if failure:
                raise FileFailed(failure)
        chapters = ledger.load(entry)
        releases = tuple(Release.of(file, chapter) for chapter in chapters)
    except Exception as error:
        seconds = time.perf_counter() - clock
        LOG.error("%s | extract | failed | %.1f s | %s", file.source_path, seconds, error, extra=FILE_DONE)
        raise
    rows = sum(len(records) for chapter in chapters for records in chapter.tables.values())
    findings = Counter(row["severity"] for chapter in chapters for row in chapter.tables.get("quality", ()))
    seconds = time.perf_counter() - clock
    LOG.info(
        "%s | extract | %s%s | %d rows, %s | %.1f s",
        file.source_path,
        ", ".join(release.doc_id for release in releases),
        " (unchanged)" if cached else "",
        rows,
        _severities(findings),
        seconds,
        extra=FILE_DONE,
    )
    return Extracted(releases, entry, rows, round(seconds, 2), cached)


@task(task_run_name="validate", cache_policy=NO_CACHE)
def validate_chapters(chosen: list[tuple[Choice, Path]]) -> tuple[Validated, list[Failure]]:
    """Hold all chapters against the schemas; a chapter on which validation itself breaks fails alone."""
    clock = time.perf_counter()
    chapters = _with_registry({choice: _with_releases(choice, entry) for choice, entry in chosen})
    failures: list[Failure] = []
    try:
        validated = validate(list(chapters.values()))
    except Exception:
        LOG.exception("validate | broke on all chapters together; each is tried alone")
        for choice, chapter in list(chapters.items()):
            try:
                validate([chapter])
            except Exception as error:
                failures.append(_failure(choice.chosen.source, error))
                LOG.error("%s | validate | failed | %s", chapter.doc_id, failures[-1])
                del chapters[choice]
        validated = validate(list(chapters.values()))
    for doc_id, count in validated.tables["quarantine"]["doc_id"].value_counts(sort=False).items():
        LOG.warning("%s | validate | %d rows in quarantine", doc_id, count)
    rows = sum(len(frame) for frame in validated.tables.values())
    seconds = time.perf_counter() - clock
    LOG.info(
        "%d chapters | validate | %d rows, %d in quarantine | %.1f s",
        len(chapters),
        rows,
        validated.quarantined,
        seconds,
    )
    return validated, failures


@task(task_run_name="publish", cache_policy=NO_CACHE)
def publish_tables(validated: Validated, report: Report, output: Path) -> None:
    """Show the run in the output folder."""
    clock = time.perf_counter()
    publish.publish(validated.tables, report.to_dict(), output)
    LOG.info(
        "%d chapters | publish | %d tables | %.1f s", report.chapters, len(report.rows), time.perf_counter() - clock
    )


def _with_releases(choice: Choice, entry: Path) -> Extraction:
    chapter = next(chapter for chapter in ledger.load(entry) if chapter.doc_id == choice.chosen.doc_id)
    tables = dict(chapter.tables)
    tables["quality"] = [*tables.get("quality", []), *choice.findings()]
    return replace(chapter, tables={**tables, "releases": choice.rows()})


def _with_registry(chapters: dict[Choice, Extraction]) -> dict[Choice, Extraction]:
    """Give every mention the id of the thing it names, over all chapters, and file the things with their chapters."""
    things, ids = register(row for chapter in chapters.values() for row in chapter.tables["entities"])
    return {
        choice: replace(
            chapter,
            tables={
                **chapter.tables,
                "entities": [
                    {**row, "entity_id": ids[row["doc_id"], row["label"], row["canonical"]]}
                    for row in chapter.tables["entities"]
                ],
                "entity_registry": [row for row in things if row["doc_id"] == chapter.doc_id],
            },
        )
        for choice, chapter in chapters.items()
    }


def _failure(file: SourceFile, error: Any) -> Failure:
    return error.failure if isinstance(error, FileFailed) else Failure.of(file.source_path, error)


def _severities(findings: Counter[str]) -> str:
    return ", ".join(f"{findings[severity]} {severity}" for severity in ("error", "warning", "info"))


def _input(file: SourceFile, extracted: Extracted | None, choices: list[Choice]) -> dict[str, Any]:
    facts: dict[str, Any] = {"source_path": file.source_path, "sha256": file.sha256, "doc_ids": [], "chosen": []}
    if extracted:
        facts["doc_ids"] = [release.doc_id for release in extracted.releases]
        facts["chosen"] = [choice.chosen.doc_id for choice in choices if choice.chosen.source == file]
        facts |= {"rows": extracted.rows, "seconds": extracted.seconds, "cached": extracted.cached}
    return facts


def _count(validated: Validated, report: Report) -> None:
    quality = validated.tables["quality"]
    report.chapters = validated.tables["releases"]["doc_id"].nunique()
    report.rows = {name: len(frame) for name, frame in validated.tables.items()}
    report.findings = {
        severity: int((quality["severity"] == severity).sum()) for severity in ("error", "warning", "info")
    }
    errors = quality[quality["severity"] == "error"]
    report.errors = _records(errors[["doc_id", "check", "table", "message"]])


def _versions() -> dict[str, str]:
    packages = ("pdfplumber", "spacy", "pandera", "pandas", "pyarrow", "duckdb", "prefect")
    return {
        "extractor": extractors.EXTRACTOR_VERSION,
        "extraction_code": ledger.code_version(),
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in packages},
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of plain JSON types (an artifact takes no others)."""
    return cast(list[dict[str, Any]], json.loads(frame.to_json(orient="records")))


def _artifacts(validated: Validated, report: Report) -> None:
    failed = [f"- {failure}" for failure in report.failures]
    lines = ["# Findings run", "", report.sentence(), "", *(["## Failed files", "", *failed] if failed else [])]
    create_markdown_artifact("\n".join(lines), key="run-summary")
    create_table_artifact([{"table": name, "rows": count} for name, count in report.rows.items()], key="rows-per-table")
    quality = validated.tables["quality"]
    worst = quality[quality["severity"] != "info"].sort_values("severity", kind="stable")
    columns = ["doc_id", "severity", "check", "table", "message"]
    create_table_artifact(_records(worst[columns].head(ARTIFACT_ROWS)), key="quality-findings")
