"""What each file of a run gives: read in a child process, taken from the ledger, or kept as it is published."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extractors.model import Extraction
from flows import ledger, volumes
from flows.log import log_line
from flows.plan import UNREACHED, ReadJob
from flows.releases import ChapterVersion
from flows.report import Failure, FileFailed, counted
from flows.request import Selection
from flows.sources import SourceFile
from flows.volumes import Incomplete
from flows.workers import PoolClosed, Workers


@dataclass(frozen=True)
class Extracted:
    """What is known of one file; its chapters stay in the ledger until they are needed.

    ``versions`` are its versions of chapters, ``rows`` the number of their rows. ``failure``: reading failed for this
    reason, and the chapters are those of the run before, or (``incomplete``) the other chapters of a volume that failed
    in part. ``taken``: the chapters may go into the tables (not those of a file that was read only to learn that it is
    not selected).
    """

    job: ReadJob
    file: SourceFile
    versions: tuple[ChapterVersion, ...]
    rows: int
    seconds: float
    failure: Failure | None = None
    taken: bool = True
    incomplete: bool = False

    @classmethod
    def of(cls, job: ReadJob, file: SourceFile, held: ledger.Contents, seconds: float = 0.0) -> Extracted:
        """What is known of the file whose entry holds this."""
        versions = tuple(ChapterVersion(file, *facts) for facts in held.versions)
        return cls(job, file, versions, held.rows, seconds)

    @property
    def stale(self) -> Failure | None:
        """Why the file as it is now fails, if its chapters are those of the run before."""
        return None if self.incomplete else self.failure

    @property
    def doc_ids(self) -> list[str]:
        return [version.doc_id for version in self.versions]

    def facts(self) -> dict[str, Any]:
        """What ``run.json`` keeps of it."""
        versions = [version.facts() for version in self.versions]
        return {"doc_ids": self.doc_ids, "versions": versions, "rows": self.rows, "seconds": self.seconds}

    def chapters(self, wanted: Collection[str]) -> Iterator[Extraction]:
        """Its chapters with these ids, from the ledger. Raises what :func:`flows.ledger.each` raises."""
        return ledger.each(self.job.entry, {place for place, one in enumerate(self.doc_ids) if one in wanted})


NOTHING_READ: dict[str, Any] = {"doc_ids": [], "versions": [], "rows": 0, "seconds": 0.0}
"""The facts of a file that gave nothing."""
Extract = Callable[[SourceFile, Path], Failure | Incomplete | None]
"""Reads a file into its ledger entry; returns what went wrong."""


def in_child(pool: Workers, rules: Path | None = None) -> Extract:
    """Reading in one of the pool's processes, or a volume in several, under the rules with this overlay folder."""
    return lambda file, entry: volumes.extract_into(pool, file, entry, rules)


def read_file(job: ReadJob, extract: Extract, seconds: float = 0.0) -> Extracted | Failure:
    """The chapters of one file, from its ledger entry or read into it. What goes wrong is logged and returned.

    ``seconds`` is added to the time that is reported: the file was read elsewhere. Raises :class:`PoolClosed` if the
    run is being ended.
    """
    clock = time.perf_counter() - seconds
    name = job.file.source_path
    failure: Failure | None = None
    try:
        held = None if job.read else _known(job)
        if held is None:
            outcome = extract(job.file, job.entry)
            if isinstance(outcome, Failure):
                raise FileFailed(outcome)
            if outcome:
                failure, job = outcome.failure, replace(job, entry=ledger.without(job.entry, outcome.spans))
            held = ledger.contents(job.entry)
    except PoolClosed:
        raise
    except Exception as error:
        failed = Failure.of(name, error)
        if job.limited and failed.kind in ledger.LIMITS:
            with suppress(OSError):  # then the next run tries again
                ledger.remember(failed, job.limited)
        said = f"failed | {time.perf_counter() - clock:.1f} s | {failed}"
        log_line(logging.ERROR, name, "read", said, done=True, brief=f"failed: {failed.why}")
        return failed
    result = Extracted.of(job, job.file, held, round(time.perf_counter() - clock, 2))
    if failure:
        result = replace(result, failure=failure, incomplete=True)
        log_line(logging.ERROR, name, "read", f"failed in part | {failure}", brief=f"failed in part: {failure.why}")
    _log_read(result, Counter(held.findings))
    return result


def _known(job: ReadJob) -> ledger.Contents | None:
    """What the ledger entry holds, or nothing if the entry is damaged. Raises :class:`FileFailed`."""
    try:
        return ledger.contents(job.entry)
    except ledger.DAMAGE as error:
        name = job.file.source_path
        log_line(logging.WARNING, name, "read", f"the cache entry is damaged ({error}); the file is read again")
        return None


def _log_read(result: Extracted, findings: Counter[str]) -> None:
    found = [counted(findings[severity], severity) for severity in ("error", "warning") if findings[severity]]
    log_line(
        logging.WARNING if findings["error"] else logging.INFO,
        result.file.source_path,
        "read" if result.job.read else "keep",
        f"{', '.join(result.doc_ids)} | {result.job.why} | {result.rows} rows, "
        f"{', '.join(f'{findings[severity]} {severity}' for severity in ('error', 'warning', 'info'))} | "
        f"{result.seconds:.1f} s",
        done=True,
        brief=", ".join([*result.doc_ids, counted(result.rows, "row"), *found, f"{result.seconds:.1f} s"]),
        chapters=result.doc_ids,
    )


def as_published(job: ReadJob, fact: Mapping[str, Any]) -> Extracted:
    """What the published run knows of a file of which nothing has changed; its chapters are not loaded."""
    result = Extracted(
        job, job.file, tuple(ChapterVersion(job.file, *one) for one in fact["versions"]), fact["rows"], 0
    )
    said = f"{', '.join(result.doc_ids)} | {job.why} | {result.rows} rows, as published"
    log_line(logging.INFO, job.file.source_path, "keep", said, done=True, chapters=result.doc_ids)
    return result


class KeptFiles:
    """The files of a run that are not read. ``countries``: those of which nothing has changed since the published
    release; there are none if its facts ``published`` are empty."""

    def __init__(self, jobs: Iterable[ReadJob], published: Mapping[str, Any]) -> None:
        known = {fact["source_path"]: fact for fact in published.get("inputs", ())}
        failed = {failure["source_path"] for failure in published.get("failures", ())}
        self._jobs = [job for job in jobs if not job.read]
        self._same = {
            job: known[job.file.source_path]
            for job in self._jobs
            if job.file.source_path in known.keys() - failed and _is_same(job, known[job.file.source_path])
        }
        self.countries = {_country(doc_id) for fact in known.values() for doc_id in fact["chosen"]}
        same = {job.file.source_path for job in self._same}
        for name in known.keys() - same:
            self.touch(known[name]["doc_ids"])

    def touch(self, doc_ids: Iterable[str]) -> None:
        """Note that chapters may have changed."""
        self.countries -= set(map(_country, doc_ids))

    def results(
        self,
        read: Iterable[tuple[ReadJob, Extracted | Failure]],
        load: Callable[[ReadJob], Extracted | Failure],
    ) -> Iterator[tuple[ReadJob, Extracted | Failure]]:
        """The result of each file, after the files that were ``read``. ``load`` opens the ledger entry of a file."""
        for _, result in read:
            self._touched_by(result)
        for job in self._jobs:
            if job not in self._same:
                yield job, self._touched_by(load(job))
        for job, fact in self._same.items():
            as_it_is = self.countries.issuperset(map(_country, fact["doc_ids"])) or ledger.is_whole(job.entry)
            yield job, as_published(job, fact) if as_it_is else load(job)

    def _touched_by(self, result: Extracted | Failure) -> Extracted | Failure:
        if isinstance(result, Extracted):
            self.touch(result.doc_ids)
        return result


def _is_same(job: ReadJob, fact: Mapping[str, Any]) -> bool:
    """Whether the published run took the chapters of this file from the same ledger entry."""
    as_it_was = (fact["sha256"], fact["entry"], fact["standing"], fact["taken"])
    return as_it_was == (job.file.sha256, job.entry.name, "", True) and len(fact["versions"]) > 0


def _country(doc_id: str) -> str:
    return doc_id[:3].upper()


def merge_with_published(
    results: Iterable[tuple[ReadJob, Extracted | Failure]],
    jobs: list[ReadJob],
    unreached: list[Failure],
    before: Mapping[str, Any],
    entries: ledger.Ledger,
    selection: Selection,
) -> tuple[dict[ReadJob, Extracted], list[Failure]]:
    """The chapters of each file, and the failures. Of a file that fails or cannot be reached, the chapters that the
    run ``before`` has published stay; also of a volume that fails in part, if the others would not be all of them."""
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
            published = None
            if result.incomplete and result.failure:
                failures.append(result.failure)
                published = _as_published(job, result.failure, fact, entries)
            if published and not set(published.doc_ids) <= set(result.doc_ids):
                extracted[job] = published
            else:
                extracted[job] = replace(result, taken=_may_be_published(job, result, fact, selection))
    for failure in unreached:
        log_line(logging.ERROR, failure.source_path, "read", f"failed | {failure}", brief=f"failed: {failure.why}")
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
    return not selection or any(map(selection.includes, result.doc_ids))


def _as_published(
    job: ReadJob, failure: Failure, fact: Mapping[str, Any] | None, entries: ledger.Ledger
) -> Extracted | None:
    """The chapters that the run before has published from a file that fails now."""
    entry = entries.named(fact["standing"] or fact["entry"]) if fact and fact["doc_ids"] and fact["taken"] else None
    if fact is None or entry is None or not entry.exists():
        return None
    try:
        held, first = ledger.contents(entry), next(ledger.each(entry))
    except (*ledger.DAMAGE, FileFailed):
        return None
    kept = ", ".join(fact["doc_ids"])
    log_line(logging.WARNING, job.file.source_path, "read", f"{kept} stays published as it was read before")
    file = replace(job.file, sha256=first.tables["documents"][0]["source_sha256"])
    return replace(Extracted.of(replace(job, entry=entry), file, held), failure=failure)
