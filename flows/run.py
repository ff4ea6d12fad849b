"""A run, without Prefect: find files, plan, read, choose versions, validate, compare, guard, publish.

The flow in ``pipeline.py`` makes the same steps visible to a Prefect server. What a run has done is in its own
:class:`Report`, which gives the exit code, the flow's state and ``run.json``; no Prefect state decides anything.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import corrections, known_issues, ledger, publish
from flows.before import NOTED, Before, look
from flows.integrity import NotWritten
from flows.log import begin, log_line
from flows.places import require_safe_output
from flows.plan import FORCED, NEW, RELEASE, REREAD, ReadJob, nothing_to_do, plan
from flows.reading import NOTHING_READ, Extracted, KeptFiles, in_child, merge_with_published, read_file
from flows.releases import Choice, choose
from flows.report import Failure, Report, counted
from flows.request import Request
from flows.safety import require_memory, require_safe_parser
from flows.sources import SourceFile, find_sources, other_files, watched
from flows.version import code
from flows.workers import Workers, cores

if TYPE_CHECKING:
    from flows.making import Making
    from review import SiteReport

PACKAGES = ("pdfplumber", "pdfminer.six", "spacy", "pandera", "pandas", "pyarrow", "duckdb")
LOST_FACTS = (
    "run.json of the published release and its copy are damaged, so it is not known which chapters a run with --year, "
    "--country or --add must leave as they are; start a run without these options first"
)
CAUSES = {RELEASE: "new_input", NEW: "new_input", FORCED: "forced"} | {
    why: {"rules": "new_rules"}.get(part, "new_code") for part, why in REREAD.items()
}


@dataclass
class Steps:
    """The steps of a run as plain calls; the flow replaces them by Prefect tasks around the same functions."""

    clock: dict[str, float] = field(default_factory=dict)

    def read(
        self, jobs: list[ReadJob], pool: Workers, count: int, request: Request
    ) -> Iterator[tuple[ReadJob, Extracted | Failure]]:
        """The result of each file, in the order in which they finish.

        If the caller stops iterating (Ctrl-C), no other file is started; files being read end with the pool.
        """
        threads = ThreadPoolExecutor(count)
        try:
            waiting = {threads.submit(read_file, job, in_child(pool, request.rules)): job for job in jobs}
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)

    def validate(
        self,
        making: Making,
        chosen: list[tuple[Choice, Extracted]],
        lines: list[corrections.Correction],
        kept: set[str],
    ) -> list[Failure]:
        """Check all chapters against the schemas."""
        return validate_chapters(making, chosen, lines, kept)

    def publish(self, making: Making, report: Report, request: Request) -> None:
        """Publish the tables and the run's facts."""
        publish_tables(making, report, request)

    def build_site(self, request: Request) -> SiteReport:
        """Build the review site of the published run."""
        return build_site(request)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Show that the stage begins; add the time spent inside to its seconds."""
        began = time.perf_counter()
        begin(stage)
        try:
            yield
        finally:
            self.clock[stage] = round(self.clock.get(stage, 0.0) + time.perf_counter() - began, 3)


def run(request: Request, steps: Steps | None = None) -> Report:
    """Do what is asked; the report of what was done.

    Raises :class:`flows.ending.Refused`, ``RulesError`` for a wrong file of the overlay folder, ``OSError`` if nothing
    can be written to the output. In each case the published tables stay as they were; they also stay if no chapter can
    be read or the new tables cannot be written.
    """
    require_memory()
    require_safe_parser()
    require_safe_output(request.output)
    with Workers(_processes(request), request.seconds, request.megabytes) as pool:
        if request.runner == "local" and (request.force or not publish.shown(request.output)):
            pool.prepare(ledger.prepare, request.rules)  # something will be read
        return _run(request, steps or Steps(), pool)


def _processes(request: Request) -> int:
    """How many child processes may work at once."""
    return max(1, request.workers or cores())


def _run(request: Request, steps: Steps, pool: Workers) -> Report:
    clock = time.perf_counter()
    started = datetime.now(UTC)
    state = _use_rules(request)
    known_issues.load(request.known_issues)  # a wrong file ends the run before a source is opened
    corrections.load(request.corrections)
    files, failures = watched(partial(find_sources, request.paths), request.seconds)
    with publish.sole_writer(request.output, request.wait) as hold:
        with steps.timed("check"):
            before = look(request.output)
        if before.damage and not before.is_known and (request.selection or request.add):
            raise publish.OutputBlocked(f"{request.output}: {LOST_FACTS}")
        if before.is_known and "run" in before.facts:
            _remember_killed(before.facts, hold)
        entries = ledger.Ledger(request.output / ".cache", state, (request.seconds, request.megabytes))
        jobs = plan(files, before.facts, entries, state, request.force, request.selection, request.add)
        _log_plan(jobs, failures)
        report = Report(
            request.name,
            started.isoformat(timespec="milliseconds"),
            other_files=watched(partial(other_files, request.paths), request.seconds),
        )
        unreached = [failure.source_path for failure in failures]
        if before.is_whole and nothing_to_do(jobs, unreached, before.facts, state, request.options()):
            report = _unchanged(report, before.facts)
        else:
            report.failures, report.state, report.damage = failures, state, before.lines
            _Renewal(request, steps, pool, hold, before, entries, jobs, report, clock).renew()
        if request.site:
            _update_site(request, report, steps)
        report.stages = steps.clock
        report.seconds = round(time.perf_counter() - clock, 2)
        _remember(report, hold)
    if report.selects_nothing:
        log_line(logging.ERROR, "run", "plan", "no file holds a chapter of the years and countries asked for")
    level = logging.INFO if report.exit_code == 0 else logging.WARNING
    log_line(level, "run", "end", report.sentence(), brief=f"{report.seconds:.1f} s")
    return report


def _log_plan(jobs: list[ReadJob], unopened: list[Failure]) -> None:
    to_read = sum(job.read for job in jobs)
    said = f"{counted(len(jobs) + len(unopened), 'file')}, {to_read} to read"
    said += f", {len(unopened)} cannot be opened" if unopened else ""
    log_line(logging.INFO, "run", "plan", said, files=len(jobs), read=to_read)


def _use_rules(request: Request) -> dict[str, str]:
    """Switch to the rules of the request, and hash them with the code. Raises ``RulesError``."""
    from flows.wording import use_rules  # here, because the first process is to start before it is loaded

    use_rules(request.rules)
    return ledger.code_state(request.rules)


def _unchanged(report: Report, before: Mapping[str, Any]) -> Report:
    """The report of a run that found nothing to do: the facts of the published run under its own name."""
    same = replace(
        Report.from_dict(before),
        run=report.run,
        started=report.started,
        unchanged=True,
        other_files=report.other_files,
        inputs=[{**fact, "read": False} for fact in before["inputs"]],
        read=0,
        changes=[],
        change_rows=0,
        retired=[],
        damage=[],
    )
    for failure in same.failures:
        said = "failed before and has not changed"
        log_line(logging.ERROR, failure.source_path, "read", f"{said} | {failure}", brief=f"failed: {failure.why}")
    return same


@dataclass
class _Renewal:
    """A run that has something to do: reads what must be read, and publishes the tables of all files. It builds on what
    was published ``before``, and fills the ``report``."""

    request: Request
    steps: Steps
    pool: Workers
    hold: publish.Hold
    before: Before
    entries: ledger.Ledger
    jobs: list[ReadJob]
    report: Report
    clock: float

    def renew(self) -> None:
        """Read the files and publish their tables. If these cannot be written, the report says so and the tables of the
        run before stay."""
        report, before = self.report, self.before
        report.options = self.request.options()
        report.searched = [str(path.resolve()) for path in self.request.paths]
        report.versions = _versions()
        report.overridden_rules = _overridden(self.request)
        with ExitStack() as closing:
            stage = partial(closing.enter_context, publish.staged(self.request.output, self.hold))
            try:
                making = self._make_tables(stage)
            except NotWritten as error:
                self._cannot_write(error)
                return
            report.stages, report.seconds = self.steps.clock, round(time.perf_counter() - self.clock, 2)
            if report.unchanged and before.release:
                publish.note(before.release, {name: getattr(report, name) for name in NOTED})
            elif making and report.chapters and not report.stopped:
                self._publish(making)
        if report.published:
            with suppress(OSError):  # the tables are published, and old cache entries do no harm
                self.entries.sweep(_referred(before.facts) | _referred({"inputs": report.inputs}))

    def _make_tables(self, stage: Callable[[], Path]) -> Making | None:
        """Read what must be read, and make the tables of all files in the folder that ``stage`` gives; ``None`` if
        there is no chapter."""
        request, report, steps = self.request, self.report, self.steps
        lines = corrections.load(request.corrections)
        corrections.check(request.corrections, lines)
        with steps.timed("read"):
            extracted, kept = self._read(lines)
        taken = [result for result in extracted.values() if result.taken]
        choices = choose(version for result in taken for version in result.versions)
        self._describe_inputs(extracted, choices)
        if report.selects_nothing:
            return None
        self._find_retired(choices)
        if not choices:
            return None
        by_file = {result.file: result for result in taken}
        from flows.making import Making

        with steps.timed("validate"):
            known = known_issues.load(request.known_issues)
            making = Making(stage(), self.before, known, report, _processes(request), request.rules)
            chosen = [(choice, by_file[choice.chosen.source]) for choice in choices]
            report.failures += steps.validate(making, chosen, lines, kept)
            making.join()
        with steps.timed("compare"):
            making.compare(self._causes(by_file, choices))
            self._guard(making.losses())
        for entry in report.stale_issues:
            said = f"{entry} in {request.known_issues} fits no finding any more"
            log_line(logging.WARNING, "run", "known issues", said)
        report.unchanged = not report.stopped and making.is_same and self.before.holds(report)
        report.published = report.unchanged
        return making

    def _read(self, lines: list[corrections.Correction]) -> tuple[dict[ReadJob, Extracted], set[str]]:
        """What each file holds: those that must be read, the largest first, and those in the ledger. And the countries
        of which nothing has changed since the published release, whose entries are not opened."""
        request, pool, report = self.request, self.pool, self.report
        to_read = sorted((job for job in self.jobs if job.read), key=lambda job: -job.file.size)
        count = max(1, min(_processes(request), len(to_read)))
        if to_read:
            threading.Thread(target=_load_tables_code, daemon=True).start()
        files = KeptFiles(self.jobs, self.before.reusable(report))
        with pool:  # its processes end with the reading
            files.touch(one.doc_id for one in lines)
            results = list(self.steps.read(to_read, pool, count, request))
            results += files.results(results, partial(read_file, extract=in_child(pool, request.rules)))
            extracted, report.failures = merge_with_published(
                results, self.jobs, report.failures, self.before.facts, self.entries, request.selection
            )
            report.peak_megabytes = round(pool.peak_megabytes)
        report.read = len(to_read)
        return extracted, files.countries

    def _describe_inputs(self, extracted: Mapping[ReadJob, Extracted], choices: list[Choice]) -> None:
        """Give the report the facts of each file."""
        standing = {fact["source_path"]: fact for fact in self.before.facts.get("inputs", ())}
        chosen: dict[SourceFile, list[str]] = {}
        for choice in choices:
            chosen.setdefault(choice.chosen.source, []).append(choice.chosen.doc_id)
        every = dict.fromkeys([*self.jobs, *extracted])
        self.report.inputs = [_input(job, extracted.get(job), chosen, standing, self.report.state) for job in every]

    def _find_retired(self, choices: list[Choice]) -> None:
        """Name the published chapters that no file holds any more; a run that only adds chapters stops."""
        report = self.report
        published = {doc_id for fact in self.before.facts.get("inputs", ()) for doc_id in fact["chosen"]}
        report.retired = sorted(published - {choice.chosen.doc_id for choice in choices})
        for doc_id in report.retired:
            log_line(logging.WARNING, doc_id, "choose", "retired: no file of this run holds the chapter any more")
            if self.request.add and not self.request.allow_loss:
                report.stopped.append(f"{doc_id} would be removed: neither the cache nor the place of its file has it")

    def _guard(self, losses: list[str] | None) -> None:
        """Log what changed against the release before, if any, and stop a run that would lose too many rows."""
        if losses is None:
            return
        for row in self.report.changes:
            log_line(logging.INFO, "run", "compare", ", ".join(f"{key} {value}" for key, value in row.items()))
        for loss in losses:
            log_line(logging.WARNING if self.request.allow_loss else logging.ERROR, "run", "guard", loss)
        if not self.request.allow_loss:
            self.report.stopped += losses

    def _causes(self, by_file: Mapping[SourceFile, Extracted], choices: list[Choice]) -> dict[str, str]:
        """Why each chapter may differ from the one it is compared with, as a code of the table ``changes``.

        A chapter that the run of a damaged release has read is not read again to repair it, so its cause is kept.
        """
        compared, state = self.before.compared_facts, self.report.state
        chosen = {doc_id: fact for fact in compared.get("inputs", ()) for doc_id in fact["chosen"]}
        causes = dict.fromkeys(self.report.retired, "retired")
        read = set()
        for choice in choices:
            version = choice.chosen
            job, old = by_file[version.source].job, chosen.get(version.doc_id)
            if job.read:
                read.add(version.doc_id)
            if old is None:
                cause = "new_input"
            elif old["source_path"] != version.source.source_path:
                cause = "new_release"
            elif job.read or old["entry"] != job.entry.name:
                cause = _cause(job, old, state)
            elif compared["state"]["schemas"] != state["schemas"]:
                cause = "new_schema"
            else:
                cause = "derived"
            causes[version.doc_id] = cause
        return causes | {doc_id: cause for doc_id, cause in self.before.causes(state).items() if doc_id not in read}

    def _publish(self, making: Making) -> None:
        self.report.published = True
        try:
            self.hold.check()
            with self.steps.timed("publish"):
                self.steps.publish(making, self.report, self.request)
        except OSError as error:
            self._cannot_write(error)

    def _cannot_write(self, error: OSError) -> None:
        self.report.published = False
        self.report.obstacle = f"The tables cannot be written: {_reason(error)}"
        log_line(logging.ERROR, "run", "publish", f"{self.report.obstacle}; the tables of the run before stay")


def _overridden(request: Request) -> list[str]:
    from extractors.rules import overridden

    changes = overridden(request.rules)
    if changes:
        log_line(logging.INFO, "run", "rules", f"{request.rules} changes {len(changes)} entries of the rules")
    return changes


def _load_tables_code() -> None:
    """Load what makes and writes the tables while the children read: a third of a run over one chapter.

    Pandera loads its checks when it first validates a table; one that is empty does.
    """
    for module in ("flows.making", "extractors.names.knowledge", "pyarrow.parquet", "duckdb"):
        importlib.import_module(module)
    schemas = importlib.import_module("schemas")
    schemas.TABLES["documents"].to_schema().validate(schemas.typed("documents", []))
    importlib.import_module("flows.pieces").forms(schemas.TABLES)


def _remember_killed(published: Mapping[str, Any], hold: publish.Hold) -> None:
    """Add the published run to the history if it was killed before it could do that itself."""
    if publish.last_remembered(hold.output) != published["started"]:
        _remember(Report.from_dict(published), hold)


def _remember(report: Report, hold: publish.Hold) -> None:
    """Add the run to the history. If that fails, the published tables are not affected."""
    try:
        hold.check()
        publish.remember(report.summary(), hold.output)
    except OSError as error:
        log_line(logging.WARNING, "run", "end", f"the run is missing in runs.jsonl: {_reason(error)}")


def _reason(error: OSError) -> str:
    """Why something cannot be written, without the words of the library that tried."""
    return os.strerror(error.errno) if error.errno else str(error)


def validate_chapters(
    making: Making, chosen: list[tuple[Choice, Extracted]], lines: list[corrections.Correction], kept: set[str]
) -> list[Failure]:
    """Make the tables of all chapters: see :meth:`flows.making.Making.make`."""
    return making.make(chosen, lines, kept)


def publish_tables(making: Making, report: Report, request: Request) -> None:
    """Publish the run in the output folder. A run that is published already is not published again."""
    if publish.published_facts(request.output).get("started") == report.started:
        return
    clock = time.perf_counter()
    publish.publish_staged(making.stage, report.to_dict(), request.output, request.spreadsheets, request.keep)
    log_line(
        logging.INFO,
        counted(report.chapters, "chapter"),
        "publish",
        f"{len(report.rows)} tables | {time.perf_counter() - clock:.1f} s",
    )


def build_site(request: Request) -> SiteReport:
    """Build the review site of the published run."""
    from flows.site import build

    def log(line: str) -> None:
        log_line(logging.INFO, "run", "site", line)

    report = build(request.output, workers=request.workers, with_pictures=not request.no_pictures, log=log)
    log(report.sentence())
    return report


def _update_site(request: Request, report: Report, steps: Steps) -> None:
    """Build the review site if it is not up to date. What goes wrong with it does not fail the run: it is reported."""
    import review

    if not publish.published_facts(request.output):
        return
    site = request.output / review.FOLDER
    report.site = str(site.resolve() / review.START)
    if review.is_current(request.output, site, not request.no_pictures):
        return
    try:
        with steps.timed("site"):
            report.site_faults = steps.build_site(request).faults
    except Exception as error:
        report.site_faults = [f"not built: {error if isinstance(error, review.CannotBuildSite) else repr(error)}"]
    for fault in report.site_faults:
        log_line(logging.WARNING, "run", "site", fault)


def _cause(job: ReadJob, old: Mapping[str, Any], state: Mapping[str, str]) -> str:
    if old["sha256"] != job.file.sha256:
        return "new_input"
    changed = next((why for part, why in REREAD.items() if old["state"].get(part) != state[part]), FORCED)
    return CAUSES[changed]


def _input(
    job: ReadJob,
    result: Extracted | None,
    chosen: Mapping[SourceFile, list[str]],
    standing: Mapping[str, Mapping[str, Any]],
    state: Mapping[str, str],
) -> dict[str, Any]:
    """The facts of one file for ``run.json``; the next run plans by them. ``chosen`` are the chapters of each file that
    are in the tables, ``standing`` the facts of the published files by name.

    ``entry`` is the ledger entry of its bytes and ``state`` the code that made it; ``standing`` is the older entry
    that is published where reading failed. ``taken``: its chapters were candidates for the tables.
    """
    facts: dict[str, Any] = {"sha256": job.file.sha256, "entry": job.verdict.name, "standing": "", "state": dict(state)}
    if not job.selected:  # what is published was read from the bytes, and by the code, of that time
        old = standing[job.file.source_path]
        facts |= {key: old[key] for key in facts}
    if result and result.failure:
        facts["standing"] = result.job.entry.name
    return {
        "source_path": job.file.source_path,
        "path": str(job.file.path),
        **facts,
        "why": job.why,
        "read": job.read,
        **(result.facts() if result else NOTHING_READ),
        "taken": bool(result and result.taken),
        "chosen": chosen.get(result.file, []) if result else [],
    }


def _referred(facts: Mapping[str, Any]) -> set[str]:
    """The names of the entries that a run refers to."""
    return {name for fact in facts.get("inputs", ()) for name in (fact["entry"], fact["standing"]) if name}


def _versions() -> dict[str, str]:
    import extractors

    return {
        **code(),
        "extractor": extractors.EXTRACTOR_VERSION,
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in PACKAGES},
    }
