"""A run, without Prefect: find files, plan, read, choose versions, validate, compare, guard, publish.

The flow in ``pipeline.py`` makes the same steps visible to a Prefect server. What a run has done is told by its own
report, never by the state of a task: :class:`Report` gives the exit code, the flow's state and ``run.json``.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import logging
import os
import platform
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractors.model import Extraction
from flows import ledger, publish
from flows.log import say
from flows.plan import FORCED, NEW, RELEASE, REREAD, UNREACHED, Job, Selection, nothing_to_do, plan
from flows.releases import Choice, Release, choose
from flows.report import Failure, FileFailed, Report
from flows.safety import require_safe_parser
from flows.sources import SourceFile, find_sources
from flows.workers import MEGABYTES, SECONDS, PoolClosed, Workers, cores

if TYPE_CHECKING:
    from review import SiteReport
    from schemas import Validated

PACKAGES = ("pdfplumber", "pdfminer.six", "spacy", "pandera", "pandas", "pyarrow", "duckdb")
CAUSES = {RELEASE: "new_input", NEW: "new_input", FORCED: "forced"} | {
    why: {"rules": "new_rules"}.get(part, "new_code") for part, why in REREAD.items()
}


@dataclass(frozen=True)
class Request:
    """What a run is asked to do.

    ``workers``: processes that read (0: one for each core). ``seconds`` and ``megabytes`` limit the reading of one
    file. ``allow_loss``: publish even if the tables lose a large share of their rows. ``spreadsheets``: also write CSV
    files that are safe to open in a spreadsheet. ``wait``: the seconds for which another run may go on writing to the
    output before this one gives up. ``name`` is the run's: the moment at which it was asked for. ``site``: build the
    review site of what is published, if it is not that of this run already.
    """

    paths: tuple[Path, ...]
    output: Path = Path("output")
    workers: int = 0
    force: bool = False
    selection: Selection = Selection()  # noqa: RUF009
    allow_loss: bool = False
    spreadsheets: bool = False
    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    wait: float = 0.0
    name: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    site: bool = False

    def options(self) -> dict[str, Any]:
        """What decides, besides files and code, what is published."""
        return {
            "years": sorted(self.selection.years),
            "countries": sorted(self.selection.countries),
            "spreadsheets": self.spreadsheets,
        }


@dataclass(frozen=True)
class Extracted:
    """What one file gave. ``failure``: its chapters are those of the run before, for this reason. ``taken``: they may
    go into the tables (a file that was read only to find out that it is not selected is not)."""

    job: Job
    file: SourceFile
    chapters: tuple[Extraction, ...]
    seconds: float
    failure: Failure | None = None
    taken: bool = True

    @property
    def releases(self) -> tuple[Release, ...]:
        """Its versions of chapters."""
        return tuple(Release.of(self.file, chapter) for chapter in self.chapters)

    @property
    def rows(self) -> int:
        return sum(len(records) for chapter in self.chapters for records in chapter.tables.values())


Extract = Callable[[SourceFile, Path], Failure | None]
"""Reads a file into its entry of the ledger, and says what went wrong."""


@dataclass
class Steps:
    """The steps of a run as plain calls in threads; the flow puts tasks around the same functions."""

    clock: dict[str, float] = field(default_factory=dict)

    def read(self, jobs: list[Job], pool: Workers, count: int) -> Iterator[tuple[Job, Extracted | Failure]]:
        """Every file's verdict, in the order in which they come. Whoever stops asking (Ctrl-C) has no other file
        read; those under way end with the pool."""
        threads = ThreadPoolExecutor(count)
        try:
            waiting = {threads.submit(read_file, job, in_child(pool)): job for job in jobs}
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    def validate(self, chosen: list[tuple[Choice, Extracted]]) -> tuple[Validated, list[Failure]]:
        """All chapters held against the schemas."""
        return validate_chapters(chosen)

    def publish(self, validated: Validated, report: Report, request: Request) -> None:
        """The tables and the run's facts, visible at one instant."""
        publish_tables(validated, report, request)

    def build_site(self, request: Request) -> SiteReport:
        """The review site of what is published."""
        return build_site(request)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to the stage's seconds."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.clock[stage] = round(self.clock.get(stage, 0.0) + time.perf_counter() - began, 3)


def run(request: Request, steps: Steps | None = None) -> Report:
    """Do what is asked, and say what was done.

    Raises ``NoSources``, ``OutputInUse``, ``OutputBlocked``, ``UnsafeParser``, and ``OSError`` if nothing can be
    written to the output. In each case what was published before stays as it was, as it does if no chapter could be
    read or the tables cannot be written.
    """
    steps = steps or Steps()
    clock = time.perf_counter()
    started = datetime.now(UTC)
    require_safe_parser()
    files, failures = find_sources(request.paths)
    with publish.sole_writer(request.output, request.wait) as hold:
        before = publish.last_run(request.output)
        if "run" in before and publish.last_remembered(request.output) != before["started"]:
            _remember(Report.from_dict(before), hold)  # the run was killed between its last two steps
        state = ledger.code_state()
        entries = ledger.Ledger(request.output / ".cache", state)
        jobs = plan(files, before, entries, state, request.force, request.selection)
        report = Report(request.name, started.isoformat(timespec="milliseconds"))
        to_read = sum(job.read for job in jobs)
        say(logging.INFO, "run", "plan", f"{len(jobs)} files, {to_read} to read", files=len(jobs), read=to_read)
        unreached = [failure.source_path for failure in failures]
        same = nothing_to_do(jobs, unreached, before, state, request.options())
        if same and publish.is_whole(request.output):
            report = replace(
                Report.from_dict(before),
                run=report.run,
                started=report.started,
                unchanged=True,
                read=0,
                changes=[],
                retired=[],
            )
            for failure in report.failures:
                say(logging.ERROR, failure.source_path, "read", f"failed before and has not changed | {failure}")
        else:
            report.failures, report.state, report.options = failures, state, request.options()
            report.searched = [str(path.resolve()) for path in request.paths]
            report.versions = _versions()
            validated = _work(jobs, before, entries, request, report, steps)
            report.stages, report.seconds = steps.clock, round(time.perf_counter() - clock, 2)
            if validated and report.chapters and not report.stopped:
                _publish(validated, report, request, steps, hold)
            if report.published:
                with suppress(OSError):  # the tables are published
                    entries.sweep(_referred(before) | _referred({"inputs": report.inputs}))
        if request.site:
            _show(request, report, steps)
        report.stages = steps.clock
        report.seconds = round(time.perf_counter() - clock, 2)
        _remember(report, hold)
    if report.selects_nothing:
        say(logging.WARNING, "run", "plan", "no file holds a chapter of the years and countries that were asked for")
    say(logging.INFO if report.exit_code == 0 else logging.WARNING, "run", "end", report.sentence())
    return report


def _work(
    jobs: list[Job],
    before: Mapping[str, Any],
    entries: ledger.Ledger,
    request: Request,
    report: Report,
    steps: Steps,
) -> Validated | None:
    """Read what must be read, and make of what all the files give the tables to publish, if there are any."""
    with steps.timed("read"):
        extracted = _read(jobs, before, entries, request, report, steps)
    taken = [result for result in extracted.values() if result.taken]
    choices = choose(release for result in taken for release in result.releases)
    every = dict.fromkeys([*jobs, *extracted])
    report.inputs = [_input(job, extracted.get(job), choices, before, report.state) for job in every]
    published = {doc_id for fact in before.get("inputs", ()) for doc_id in fact["chosen"]}
    report.retired = sorted(published - {choice.chosen.doc_id for choice in choices})
    for doc_id in report.retired:
        say(logging.WARNING, doc_id, "choose", "retired: no file of this run holds the chapter any more")
    if not choices:
        return None
    by_file = {result.file: result for result in taken}
    with steps.timed("validate"):
        validated, failures = steps.validate([(choice, by_file[choice.chosen.source]) for choice in choices])
    report.failures += failures
    with steps.timed("compare"):
        _compare(validated, by_file, choices, before, request, report)
    _count(validated, report)
    return validated


def _publish(validated: Validated, report: Report, request: Request, steps: Steps, hold: publish.Hold) -> None:
    """Publish; if the tables cannot be written the run says so, and what was published before stands."""
    report.published = True
    try:
        hold.check()
        with steps.timed("publish"):
            steps.publish(validated, report, request)
    except OSError as error:
        report.published = False
        report.obstacle = f"The tables cannot be written: {_reason(error)}"
        say(logging.ERROR, "run", "publish", f"{report.obstacle}; what was published before stands")


def _remember(report: Report, hold: publish.Hold) -> None:
    """Add the run to the history. If that cannot be written, what is published is as it is all the same."""
    try:
        hold.check()
        publish.remember(report.summary(), hold.output)
    except OSError as error:
        say(logging.WARNING, "run", "end", f"the run is missing in runs.jsonl: {_reason(error)}")


def _reason(error: OSError) -> str:
    """Why something cannot be written, without the words of the library that tried."""
    return os.strerror(error.errno) if error.errno else str(error)


def _read(
    jobs: list[Job],
    before: Mapping[str, Any],
    entries: ledger.Ledger,
    request: Request,
    report: Report,
    steps: Steps,
) -> dict[Job, Extracted]:
    """What each file gives; of one that fails or cannot be reached, what is published of it."""
    known = {fact["source_path"]: fact for fact in before.get("inputs", ())}
    unreached, planned = list(report.failures), {job.file.source_path for job in jobs}
    to_read = sorted((job for job in jobs if job.read), key=lambda job: -job.file.size)
    count = max(1, min(request.workers or cores(), len(to_read)))
    extracted: dict[Job, Extracted] = {}
    if to_read:
        threading.Thread(target=_load_tables_code, daemon=True).start()
    with Workers(count, request.seconds, request.megabytes) as pool:
        kept = ((job, read_file(job, in_child(pool))) for job in jobs if not job.read)
        for job, result in (*kept, *steps.read(to_read, pool, count)):
            if isinstance(result, Failure):
                report.failures.append(result)
                standing = _standing(job, result, known.get(job.file.source_path), entries)
                if standing:
                    extracted[job] = standing
            else:
                taken = _taken(job, result, known.get(job.file.source_path), request.selection)
                extracted[job] = replace(result, taken=taken)
        for failure in unreached:
            say(logging.ERROR, failure.source_path, "read", f"failed | {failure}")
            for name, fact in known.items():
                # the file itself, or one in a folder; what is not selected stays anyhow
                if name not in planned and f"{name}/".startswith(f"{failure.source_path}/"):
                    file = SourceFile(Path(fact["path"]), name, fact["sha256"])
                    job = Job(file, entries.named(fact["entry"]), False, UNREACHED)
                    standing = _standing(job, failure, fact, entries)
                    if standing:
                        extracted[job] = standing
        report.peak_megabytes = round(pool.peak_megabytes)
    report.read = len(to_read)
    report.failures.sort(key=lambda failure: failure.source_path)
    return extracted


def _load_tables_code() -> None:
    """Load pandas and pandera while the children read: of a run over one chapter that is a third of the time."""
    importlib.import_module("schemas")
    importlib.import_module("flows.changes")


def _taken(job: Job, result: Extracted, fact: Mapping[str, Any] | None, selection: Selection) -> bool:
    """Whether a file's chapters go into the tables: not if they were left out before, or are not selected now."""
    if not job.selected:
        return bool(fact and fact["taken"])
    return not selection or any(selection.takes(chapter.doc_id) for chapter in result.chapters)


def _standing(job: Job, failure: Failure, fact: Mapping[str, Any] | None, entries: ledger.Ledger) -> Extracted | None:
    """What the run before had read from a file that fails now: it stays published, as a failure of this run."""
    entry = entries.named(fact["standing"] or fact["entry"]) if fact and fact["doc_ids"] and fact["taken"] else None
    if fact is None or entry is None or not entry.exists():
        return None
    try:
        chapters = ledger.load(entry)
    except (OSError, ValueError, FileFailed):
        return None
    say(logging.WARNING, job.file.source_path, "read", f"{', '.join(fact['doc_ids'])} stays as it was read before")
    file = replace(job.file, sha256=chapters[0].tables["documents"][0]["source_sha256"])
    return Extracted(replace(job, entry=entry), file, chapters, 0.0, failure)


def in_child(pool: Workers) -> Extract:
    """Reading in one of the pool's processes."""
    return lambda file, entry: pool.run(ledger.extract_into, file, entry)


def read_file(job: Job, extract: Extract, seconds: float = 0.0) -> Extracted | Failure:
    """One file's chapters, from its entry or read into it; what goes wrong is said and returned. ``seconds`` is what
    the reading has taken before. Raises :class:`PoolClosed` if the run is ended."""
    clock = time.perf_counter() - seconds
    name = job.file.source_path
    try:
        try:
            chapters = None if job.read else ledger.load(job.entry)
        except (OSError, ValueError, KeyError, TypeError) as error:
            say(logging.WARNING, name, "read", f"its entry in the cache is damaged ({error}) and is made again")
            chapters = None
        if chapters is None:
            failure = extract(job.file, job.entry)
            if failure:
                raise FileFailed(failure)
            chapters = ledger.load(job.entry)
    except PoolClosed:
        raise
    except Exception as error:
        failed = Failure.of(name, error)
        say(logging.ERROR, name, "read", f"failed | {time.perf_counter() - clock:.1f} s | {failed}", done=True)
        return failed
    result = Extracted(job, job.file, chapters, round(time.perf_counter() - clock, 2))
    findings = Counter(row["severity"] for chapter in chapters for row in chapter.tables.get("quality", ()))
    say(
        logging.INFO,
        name,
        "read" if job.read else "keep",
        f"{', '.join(chapter.doc_id for chapter in chapters)} | {job.why} | {result.rows} rows, "
        f"{', '.join(f'{findings[severity]} {severity}' for severity in ('error', 'warning', 'info'))} | "
        f"{result.seconds:.1f} s",
        done=True,
        chapters=[chapter.doc_id for chapter in chapters],
    )
    return result


def validate_chapters(chosen: list[tuple[Choice, Extracted]]) -> tuple[Validated, list[Failure]]:
    """Hold all chapters against the schemas; a chapter on which that itself breaks fails alone."""
    from schemas import validate  # pandas and pandera take a second to load, and a run with nothing to do needs neither

    clock = time.perf_counter()

    def validated_together(some: list[tuple[Choice, Extracted]]) -> Validated:
        return validate(
            list(_with_registry({choice: _with_releases(choice, result) for choice, result in some}).values())
        )

    failures: list[Failure] = []
    try:
        validated = validated_together(chosen)
    except Exception as error:
        say(logging.ERROR, "run", "validate", f"broke on all chapters together ({error!r}); each is tried alone")
        whole = []
        for choice, result in chosen:
            try:
                validated_together([(choice, result)])
                whole.append((choice, result))
            except Exception as alone:
                failures.append(Failure.of(choice.chosen.source.source_path, alone))
                say(logging.ERROR, choice.chosen.doc_id, "validate", f"failed | {failures[-1]}")
        validated = validated_together(whole)
    for doc_id, count in validated.tables["quarantine"]["doc_id"].value_counts(sort=False).items():
        say(logging.WARNING, str(doc_id), "validate", f"{count} rows in quarantine")
    rows = sum(len(frame) for frame in validated.tables.values())
    say(
        logging.INFO,
        f"{len(chosen) - len(failures)} chapters",
        "validate",
        f"{rows} rows, {validated.quarantined} in quarantine | {time.perf_counter() - clock:.1f} s",
    )
    return validated, failures


def publish_tables(validated: Validated, report: Report, request: Request) -> None:
    """Show the run in the output folder."""
    clock = time.perf_counter()
    publish.publish(validated.tables, report.to_dict(), request.output, request.spreadsheets)
    say(
        logging.INFO,
        f"{report.chapters} chapters",
        "publish",
        f"{len(report.rows)} tables | {time.perf_counter() - clock:.1f} s",
    )


def build_site(request: Request) -> SiteReport:
    """Build the review site of what is published."""
    import review

    def log(line: str) -> None:
        say(logging.INFO, "run", "site", line)

    report = review.build(request.output, workers=request.workers, log=log)
    log(report.sentence())
    return report


def _show(request: Request, report: Report, steps: Steps) -> None:
    """Bring the review site up to date. Whatever goes wrong with it is said and leaves the run's own verdict alone."""
    import review

    if not publish.last_run(request.output):
        return
    site = request.output / review.FOLDER
    report.site = str(site.resolve() / review.START)
    if review.is_current(request.output, site):
        return
    try:
        with steps.timed("site"):
            report.site_faults = steps.build_site(request).faults
    except Exception as error:
        report.site_faults = [f"not built: {error if isinstance(error, review.NotPublished) else repr(error)}"]
    for fault in report.site_faults:
        say(logging.WARNING, "run", "site", fault)


def _compare(
    validated: Validated,
    by_file: Mapping[SourceFile, Extracted],
    choices: list[Choice],
    before: Mapping[str, Any],
    request: Request,
    report: Report,
) -> None:
    """Fill the table of changes, and stop a run that would lose too much."""
    from flows import changes

    old = None
    with suppress(FileNotFoundError):  # somebody has removed the tables
        old = publish.read_tables(request.output) if before.get("published") else None
    causes = _causes(by_file, choices, before, report)
    validated.tables["changes"] = changes.compare(old, validated.tables, causes)
    report.changes = changes.summary(validated.tables["changes"])
    if old is None:
        return
    for row in report.changes:
        say(logging.INFO, "run", "compare", ", ".join(f"{key} {value}" for key, value in row.items()))
    redone = {doc_id for doc_id, cause in causes.items() if cause not in ("derived", "retired")}
    report.warnings = changes.shrunken(old, validated.tables, redone)
    for warning in report.warnings:
        say(logging.WARNING, "run", "compare", warning)
    losses = [str(loss) for loss in changes.losses(old, validated.tables)]
    for loss in losses:
        say(logging.WARNING if request.allow_loss else logging.ERROR, "run", "guard", loss)
    if losses and not request.allow_loss:
        report.stopped = losses


def _causes(
    by_file: Mapping[SourceFile, Extracted], choices: list[Choice], before: Mapping[str, Any], report: Report
) -> dict[str, str]:
    """Why each chapter may be another than in the release before, as a code of table ``changes``."""
    chosen = {doc_id: fact for fact in before.get("inputs", ()) for doc_id in fact["chosen"]}
    causes = dict.fromkeys(report.retired, "retired")
    for choice in choices:
        release = choice.chosen
        job, old = by_file[release.source].job, chosen.get(release.doc_id)
        if old is None:
            cause = "new_input"
        elif old["source_path"] != release.source.source_path:
            cause = "new_release"
        elif job.read or old["entry"] != job.entry.name:
            cause = _cause(job, old, report.state)
        elif before["state"]["schemas"] != report.state["schemas"]:
            cause = "new_schema"
        else:
            cause = "derived"
        causes[release.doc_id] = cause
    return causes


def _cause(job: Job, old: Mapping[str, Any], state: Mapping[str, str]) -> str:
    if old["sha256"] != job.file.sha256:
        return "new_input"
    changed = next((why for part, why in REREAD.items() if old["state"].get(part) != state[part]), FORCED)
    return CAUSES[changed]


def _with_releases(choice: Choice, result: Extracted) -> Extraction:
    chapter = next(chapter for chapter in result.chapters if chapter.doc_id == choice.chosen.doc_id)
    tables = dict(chapter.tables)
    tables["quality"] = [*tables.get("quality", []), *choice.findings(result.failure)]
    return replace(chapter, tables={**tables, "releases": choice.rows()})


def _with_registry(chapters: dict[Choice, Extraction]) -> dict[Choice, Extraction]:
    """Link the names of all chapters: ``entities`` with ids, and ``entity_registry``."""
    from extractors.names.knowledge import link_chapters

    linked = link_chapters([chapter.tables for chapter in chapters.values()])
    return {
        choice: replace(chapter, tables={**chapter.tables, "entities": entities, "entity_registry": things})
        for (choice, chapter), (entities, things) in zip(chapters.items(), linked, strict=True)
    }


def _input(
    job: Job, result: Extracted | None, choices: list[Choice], before: Mapping[str, Any], state: Mapping[str, str]
) -> dict[str, Any]:
    """The facts of one file for ``run.json``; the next run plans by them.

    ``entry`` is the verdict on its bytes and ``state`` what had made it; ``standing`` is the older entry that is
    published where that verdict is a failure. ``taken``: its chapters were candidates for the tables.
    """
    facts: dict[str, Any] = {"sha256": job.file.sha256, "entry": job.entry.name, "standing": "", "state": dict(state)}
    if not job.selected:  # what is published is of the bytes and the code of then
        [old] = [fact for fact in before["inputs"] if fact["source_path"] == job.file.source_path]
        facts |= {key: old[key] for key in facts}
    if result and result.failure:
        facts["standing"] = result.job.entry.name
    return {
        "source_path": job.file.source_path,
        "path": str(job.file.path),
        **facts,
        "why": job.why,
        "read": job.read,
        "doc_ids": [chapter.doc_id for chapter in result.chapters] if result else [],
        "taken": bool(result and result.taken),
        "chosen": [choice.chosen.doc_id for choice in choices if result and choice.chosen.source == result.file],
        "rows": result.rows if result else 0,
        "seconds": result.seconds if result else 0.0,
    }


def _count(validated: Validated, report: Report) -> None:
    quality = validated.tables["quality"]
    report.chapters = validated.tables["releases"]["doc_id"].nunique()
    report.rows = {name: len(frame) for name, frame in validated.tables.items()}
    report.findings = {
        severity: int((quality["severity"] == severity).sum()) for severity in ("error", "warning", "info")
    }
    errors = quality[quality["severity"] == "error"]
    report.errors = json.loads(errors[["doc_id", "check", "table", "message"]].to_json(orient="records"))


def _referred(facts: Mapping[str, Any]) -> set[str]:
    """The names of the entries that a run refers to."""
    return {name for fact in facts.get("inputs", ()) for name in (fact["entry"], fact["standing"]) if name}


def _versions() -> dict[str, str]:
    import extractors

    return {
        "extractor": extractors.EXTRACTOR_VERSION,
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in PACKAGES},
    }
