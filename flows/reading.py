"""What each file of a run gives: read in a child process, taken from the ledger, or kept as it is published."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extractors.model import Extraction
from flows import ledger
from flows.log import log_line
from flows.plan import UNREACHED, ReadJob
from flows.releases import ChapterVersion
from flows.report import Failure, FileFailed
from flows.request import Selection
from flows.sources import SourceFile
from flows.workers import PoolClosed, Workers


@dataclass(frozen=True)
class Extracted:
    """The chapters of one file.

    ``failure``: reading failed for this reason, and the chapters are those of the run before. ``taken``: the chapters
    may go into the tables (not those of a file that was read only to learn that it is not selected).
    """

    job: ReadJob
    file: SourceFile
    chapters: tuple[Extraction, ...]
    seconds: float
    failure: Failure | None = None
    taken: bool = True

    @property
    def versions(self) -> tuple[ChapterVersion, ...]:
        """Its versions of chapters."""
        return tuple(ChapterVersion.of(self.file, chapter) for chapter in self.chapters)

    @property
    def rows(self) -> int:
        return sum(len(records) for chapter in self.chapters for records in chapter.tables.values())


Extract = Callable[[SourceFile, Path], Failure | None]
"""Reads a file into its ledger entry; returns what went wrong."""


def in_child(pool: Workers, rules: Path | None = None) -> Extract:
    """Reading in one of the pool's processes, under the rules with this overlay folder."""
    return lambda file, entry: pool.run(ledger.extract_into, file, entry, rules)


def read_file(job: ReadJob, extract: Extract, seconds: float = 0.0) -> Extracted | Failure:
    """The chapters of one file, from its ledger entry or read into it. What goes wrong is logged and returned.

    ``seconds`` is added to the time that is reported: the file was read elsewhere. Raises :class:`PoolClosed` if the
    run is being ended.
    """
    clock = time.perf_counter() - seconds
    name = job.file.source_path
    try:
        chapters = None if job.read else _known(job)
        if chapters is None:
            failure = extract(job.file, job.entry)
            if failure:
                raise FileFailed(failure)
            chapters = ledger.load(job.entry)
    except PoolClosed:
        raise
    except Exception as error:
        failed = Failure.of(name, error)
        if job.limited and failed.kind in ledger.LIMITS:
            with suppress(OSError):  # then the next run tries again
                ledger.remember(failed, job.limited)
        log_line(logging.ERROR, name, "read", f"failed | {time.perf_counter() - clock:.1f} s | {failed}", done=True)
        return failed
    result = Extracted(job, job.file, chapters, round(time.perf_counter() - clock, 2))
    _log_read(result)
    return result


def _known(job: ReadJob) -> tuple[Extraction, ...] | None:
    """The chapters in the ledger entry, or nothing if the entry is damaged. Raises :class:`FileFailed`."""
    try:
        return ledger.load(job.entry)
    except (OSError, ValueError, KeyError, TypeError) as error:
        name = job.file.source_path
        log_line(logging.WARNING, name, "read", f"the cache entry is damaged ({error}); the file is read again")
        return None


def _log_read(result: Extracted) -> None:
    findings = Counter(row["severity"] for chapter in result.chapters for row in chapter.tables.get("quality", ()))
    doc_ids = [chapter.doc_id for chapter in result.chapters]
    log_line(
        logging.WARNING if findings["error"] else logging.INFO,
        result.file.source_path,
        "read" if result.job.read else "keep",
        f"{', '.join(doc_ids)} | {result.job.why} | {result.rows} rows, "
        f"{', '.join(f'{findings[severity]} {severity}' for severity in ('error', 'warning', 'info'))} | "
        f"{result.seconds:.1f} s",
        done=True,
        chapters=doc_ids,
    )


def merge_with_published(
    results: Iterable[tuple[ReadJob, Extracted | Failure]],
    jobs: list[ReadJob],
    unreached: list[Failure],
    before: Mapping[str, Any],
    entries: ledger.Ledger,
    selection: Selection,
) -> tuple[dict[ReadJob, Extracted], list[Failure]]:
    """The chapters of each file, and the failures. Of a file that fails or cannot be reached, the chapters that the
    run ``before`` has published stay."""
    known = {fact["source_path"]: fact for fact in before.get("inputs", ())}
    extracted: dict[ReadJob, Extracted] = {}
    failures = list(unreached)
    for job, result in results:
        fact = known.get(job.file.source_path)
        if isinstance(result, Failure):
            failures.append(result)
            published = _as_published(job, result, fact, entries)
            if published:
                extracted[job] = published
        else:
            extracted[job] = replace(result, taken=_may_be_published(job, result, fact, selection))
    for failure in unreached:
        log_line(logging.ERROR, failure.source_path, "read", f"failed | {failure}")
        for job in _unreachable_jobs(failure, jobs, known, entries):
            published = _as_published(job, failure, known[job.file.source_path], entries)
            if published:
                extracted[job] = published
    return extracted, sorted(failures, key=lambda failure: failure.source_path)


def _unreachable_jobs(
    failure: Failure, jobs: list[ReadJob], known: Mapping[str, Mapping[str, Any]], entries: ledger.Ledger
) -> Iterator[ReadJob]:
    """The published files that one failure makes unreachable: the file itself, or all files of a folder."""
    planned = {job.file.source_path for job in jobs}  # a planned file that is not selected stays anyhow
    for name, fact in known.items():
        if name not in planned and f"{name}/".startswith(f"{failure.source_path}/"):
            file = SourceFile(Path(fact["path"]), name, fact["sha256"])
            yield ReadJob(file, entries.named(fact["entry"]), False, UNREACHED)


def _may_be_published(job: ReadJob, result: Extracted, fact: Mapping[str, Any] | None, selection: Selection) -> bool:
    """Whether a file's chapters may go into the tables: not if they were left out before, or are not selected now."""
    if not job.selected:
        return bool(fact and fact["taken"])
    return not selection or any(selection.includes(chapter.doc_id) for chapter in result.chapters)


def _as_published(
    job: ReadJob, failure: Failure, fact: Mapping[str, Any] | None, entries: ledger.Ledger
) -> Extracted | None:
    """The chapters that the run before has published from a file that fails now."""
    entry = entries.named(fact["standing"] or fact["entry"]) if fact and fact["doc_ids"] and fact["taken"] else None
    if fact is None or entry is None or not entry.exists():
        return None
    try:
        chapters = ledger.load(entry)
    except (OSError, ValueError, FileFailed):
        return None
    kept = ", ".join(fact["doc_ids"])
    log_line(logging.WARNING, job.file.source_path, "read", f"{kept} stays published as it was read before")
    file = replace(job.file, sha256=chapters[0].tables["documents"][0]["source_sha256"])
    return Extracted(replace(job, entry=entry), file, chapters, 0.0, failure)
