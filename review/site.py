"""Builds the site: plans what has to be built again, has it built in several processes, and removes what is over.

A page is built again only if something of which it is made has changed or is gone (rows, pictures, the meanings of the
codes, the code of ``review``; for the start page the facts of the run too), or if something was missing on it.
``site.json`` in the site remembers of what each page was made and what was missing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.publish import sole_writer
from flows.workers import NeededTooMuchMemory, TookTooLong, WorkerDied, Workers, cores
from review import declared, pictures
from review.layout import CHAPTER_TABLES, COUNTRY_TABLES
from review.pictures import write_whole
from review.release import NotPublished, Release, Row, identity
from review.work import Job, Made, do_job, render_country, render_failed, render_start

__all__ = ["FOLDER", "START", "NotPublished", "SiteReport", "build", "is_current"]

HERE = Path(__file__).parent
FOLDER = "site"
"""Where the site stands in the output folder if nothing else is said."""
START = "index.html"
LEDGER = "site.json"
PATIENCE = 120.0
"""Seconds for the pages of one file; the longest real one takes two."""
NO_ANSWER = (WorkerDied, TookTooLong, NeededTooMuchMemory)


@dataclass
class SiteReport:
    """What a build did. ``without_picture`` says of which chapters the source's pages are not shown, and why."""

    site: Path
    chapters: int = 0
    countries: int = 0
    built: int = 0
    kept: int = 0
    pictures: int = 0
    size: int = 0
    seconds: float = 0.0
    without_picture: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """What is missing: pages that could not be built, and chapters without their source beside them."""
        unbuilt = [f"{doc_id}: not built: {reason}" for doc_id, reason in sorted(self.failed.items())]
        return unbuilt + [f"{doc_id}: {reason}" for doc_id, reason in sorted(self.without_picture.items())]

    def sentence(self) -> str:
        """The report in one line."""
        parts = [
            f"{self.site / START}: {self.chapters} chapters, {self.countries} countries",
            f"{self.built} pages built, {self.kept} kept, {self.pictures} pictures drawn",
            f"{self.size / 1e6:.1f} MB",
            f"{self.seconds:.1f} s",
        ]
        if self.without_picture:
            parts.append(f"{len(self.without_picture)} chapters without pictures of their source")
        if self.failed:
            parts.append(f"{len(self.failed)} not built")
        return "; ".join(parts)


def build(
    output: Path,
    site: Path | None = None,
    *,
    sources: Sequence[Path] = (),
    workers: int = 0,
    log: Callable[[str], None] = lambda line: None,
) -> SiteReport:
    """Build the review site of the run that ``output`` shows, in ``site`` (``output/site`` if not said).

    The pictures are made of the files that ``run.json`` names, or of files with the same name under ``sources``, if
    their bytes are still those the tables were read from; a chapter whose file is gone is shown without them.
    ``workers`` is the number of processes (0: one for each core). Raises :class:`NotPublished` if there is no run, or
    if ``site`` is a folder that holds something else; ``OutputInUse`` if it is being built.
    """
    site = site or output / FOLDER
    release = Release(output)
    if site.exists() and not (site / LEDGER).exists() and any(path.name != ".lock" for path in site.iterdir()):
        raise NotPublished(f"{site} is not empty and not a review site; move it away")
    with sole_writer(site):
        return _build(release, site, sources, workers, log)


def is_current(output: Path, site: Path) -> bool:
    """Is the site whole, and of the run that ``output`` shows and of this code?"""
    known = _read_ledger(site / LEDGER)
    return bool(known.get("whole")) and known.get("run") == identity(output) and known.get("code") == code_version()


def _build(
    release: Release, site: Path, sources: Sequence[Path], workers: int, log: Callable[[str], None]
) -> SiteReport:
    clock = time.perf_counter()
    report = SiteReport(site)
    if not (site / LEDGER).exists():  # from its first file on the folder is known as ours
        write_whole(site / LEDGER, b"{}")
    plan = _Plan(release, site, sources, report)
    jobs = plan.jobs()
    log(f"{report.chapters} chapters, {sum(len(job.chapters) for job in jobs)} to build in {len(jobs)} files")
    for done, made in enumerate(_work(jobs, workers or cores()), 1):
        plan.take(made)
        if done % 25 == 0:
            log(f"{done} of {len(jobs)} files")
    plan.countries()
    plan.start()
    plan.finish()
    report.size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    report.seconds = round(time.perf_counter() - clock, 2)
    return report


def code_version() -> str:
    """A hash over everything of ours that shapes a page."""
    digest = hashlib.sha256(pictures.SETTINGS.encode())
    for file in sorted(HERE.rglob("*")):
        if file.is_file() and file.suffix in (".py", ".html", ".css", ".js", ".svg"):
            digest.update(file.relative_to(HERE).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


class _Plan:
    """One build: what the release says, what the site holds, and what has been done."""

    def __init__(self, release: Release, site: Path, sources: Sequence[Path], report: SiteReport) -> None:
        self.release, self.site, self.report = release, site, report
        self.code = code_version()
        self.documents = sorted(release.rows("documents"), key=lambda row: row["doc_id"])
        for row in self.documents:
            if not _plain_id(row["doc_id"]):
                raise NotPublished(f"{row['doc_id']!r} is no chapter id")
        self.by_id = {row["doc_id"]: row for row in self.documents}
        self.by_country: dict[str, list[Row]] = defaultdict(list)
        for row in self.documents:
            self.by_country[row["iso3"]].append(row)
        report.chapters, report.countries = len(self.documents), len(self.by_country)
        self.known: dict[str, dict[str, Any]] = _read_ledger(site / LEDGER).get("pages", {})
        self.made: dict[str, dict[str, Any]] = {}
        self.pictures: set[str] = set()
        self.declared: dict[str, Any] = release.run.get("declared", {})
        self.meanings = _merged(_meanings(), declared.meanings(self.declared))
        # What every page is made of, whatever its rows. As a text: pages follow the order of the codes.
        self.basis = _key(self.code, json.dumps([self.meanings, *([self.declared] if self.declared else [])]))
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.checks: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for row in release.rows("quality", ["doc_id", "severity", "check"]):
            self.counts[row["doc_id"]][row["severity"]] += 1
            self.checks[row["doc_id"]][row["check"], row["severity"]] += 1
        self._files = _source_files(release.run, sources)

    def jobs(self) -> list[Job]:
        """One job for each source file that has a chapter to be built again; the largest first."""
        by_file: dict[str, list[Row]] = defaultdict(list)
        for row in self.documents:
            by_file[row["source_sha256"]].append(row)
        jobs = [job for sha256, rows in by_file.items() if (job := self._job(sha256, rows)).chapters]
        return sorted(jobs, key=lambda job: -sum(len(data) for one in job.chapters for data in one["tables"].values()))

    def _job(self, sha256: str, rows: list[Row]) -> Job:
        folder = pictures.folder_of(sha256)
        candidates = [str(path) for row in rows for path in self._files(sha256, row["source_path"])]
        job = Job(
            sha256, rows[0]["source_format"], candidates, str(self.site), folder, self.meanings, declared=self.declared
        )
        self.pictures.add(folder)
        for row in rows:
            siblings = [(one["report_year"], one["doc_id"]) for one in self.by_country[row["iso3"]]]
            chapter = {
                "doc_id": row["doc_id"],
                "tables": self.release.chapter(row["doc_id"], dict.fromkeys((*CHAPTER_TABLES, *self.declared))),
                "registry": self.release.country(row["iso3"], ["entity_registry"]),
                "siblings": sorted(siblings),
                "country": self.by_country[row["iso3"]][-1]["country"],
            }
            name = f"chapters/{row['doc_id']}.html"
            key = _key(self.basis, chapter["siblings"], chapter["country"], chapter["tables"], chapter["registry"])
            known = self.known.get(name, {})
            # What was missing may be there now, and nothing but another attempt can tell.
            whole = not known.get("missing") and self._has_pictures(folder, known)
            if known.get("key") == key and (self.site / name).is_file() and whole:
                self._keep(name, known)
            else:
                job.chapters.append({**chapter, "key": key})
        return job

    def _has_pictures(self, folder: str, known: dict[str, Any]) -> bool:
        there = pictures.known_sheets(self.site / "pages" / folder) if known.get("sheets") else {}
        return all(page in there for page in known.get("sheets", []))

    def _keep(self, name: str, known: dict[str, Any]) -> None:
        self.made[name] = known
        self.report.kept += 1

    def take(self, made: Made) -> None:
        """Note what a job has done."""
        self.report.pictures += made.pictures
        for doc_id, entry in made.chapters.items():
            self.made[f"chapters/{doc_id}.html"] = entry
            self.report.built += 1
            if entry.get("missing"):
                self.report.without_picture[doc_id] = entry["missing"]
        for doc_id, reason in made.failed.items():
            # Other pages lead there. The entry has no key, so the next build tries again.
            name = f"chapters/{doc_id}.html"
            write_whole(self.site / name, render_failed(self.by_id[doc_id], reason))
            self.made[name] = {"failed": reason}
            self.report.failed[doc_id] = reason

    def countries(self) -> None:
        """Build the page of each country whose rows have changed."""
        for iso3, rows in sorted(self.by_country.items()):
            tables = self.release.country(iso3, COUNTRY_TABLES)
            counts = {row["doc_id"]: dict(self.counts[row["doc_id"]]) for row in rows}
            name = f"countries/{iso3.lower()}.html"
            key = _key(self.basis, sorted((doc_id, sorted(by.items())) for doc_id, by in counts.items()), tables)
            known = self.known.get(name, {})
            if known.get("key") == key and (self.site / name).is_file():
                self._keep(name, known)
            else:
                write_whole(self.site / name, render_country(tables, counts, self.meanings))
                self.made[name] = {"key": key}
                self.report.built += 1

    def start(self) -> None:
        """Build the start page."""
        run = json.dumps(self.release.run, sort_keys=True)
        changes = self.release.rows("changes") if self.release.has("changes") else None
        counts = {doc_id: sorted(by.items()) for doc_id, by in sorted(self.checks.items())}
        quarantine = len(self.release.rows("quarantine", ["doc_id"]))
        levels = [(row["doc_id"], row["country"], row["assessment"], row["assessment_note"]) for row in self.documents]
        key = _key(self.basis, run, changes, sorted(counts.items()), levels, quarantine)
        known = self.known.get(START, {})
        if known.get("key") == key and (self.site / START).is_file():
            self._keep(START, known)
            return
        page = render_start(
            self.documents, self.counts, self.checks, self.release.run, changes, quarantine, self.meanings
        )
        write_whole(self.site / START, page)
        self.made[START] = {"key": key}
        self.report.built += 1

    def finish(self) -> None:
        """Copy the assets, remove what no page needs any more, and note what was made."""
        for asset in sorted((HERE / "assets").iterdir()):
            target = self.site / "assets" / asset.name
            data = asset.read_bytes()
            if not target.is_file() or target.read_bytes() != data:
                write_whole(target, data)
        for folder, wanted in (("chapters", self.made), ("countries", self.made)):
            for file in (self.site / folder).glob("*"):
                if f"{folder}/{file.name}" not in wanted:
                    file.unlink()
        for old in (self.site / "pages").glob("*"):
            if old.name not in self.pictures:
                shutil.rmtree(old)
        ledger = {
            "about": "made by the review site; do not edit",
            "code": self.code,
            "run": self.release.identity,
            "whole": not self.report.faults,
            "pages": self.made,
        }
        write_whole(self.site / LEDGER, json.dumps(ledger, sort_keys=True).encode())


def _work(jobs: list[Job], count: int) -> Iterable[Made]:
    """Do the jobs in processes of their own; a file whose process dies or takes too long is shown without pictures."""
    if not jobs:
        return
    count = max(1, min(count, len(jobs)))
    # The pool ends first: the threads wait for the answers of its processes.
    with ThreadPoolExecutor(count) as threads, Workers(count, seconds=PATIENCE) as pool:
        try:
            for future in as_completed([threads.submit(_one, job, pool) for job in jobs]):
                yield future.result()
        finally:  # Ctrl-C, or whoever takes the results gives up: nothing of what is queued is begun
            threads.shutdown(wait=False, cancel_futures=True)


def _one(job: Job, pool: Workers) -> Made:
    """Do a job; if its process does not survive it, once more without pictures. Else its chapters have failed."""
    try:
        return pool.run(do_job, job)
    except NO_ANSWER as error:
        unseen = f"The pages of the source file could not be drawn: {_what_happened(error)}."
    try:
        return pool.run(do_job, replace(job, candidates=[], reason=unseen))
    except NO_ANSWER as error:
        reason = f"{_what_happened(error)}, without pictures too"
        return Made(failed={chapter["doc_id"]: reason for chapter in job.chapters})


def _what_happened(error: Exception) -> str:
    return {
        TookTooLong: "that took too long",
        NeededTooMuchMemory: "that needed too much memory",
    }.get(type(error), "the attempt ended its process")


def _source_files(run: dict[str, Any], sources: Sequence[Path]) -> Callable[[str, str], list[Path]]:
    """Where a file may be: as the run says, then by its recorded name under the given folders."""
    recorded: dict[str, list[Path]] = defaultdict(list)
    for one in run.get("inputs", []):
        if one.get("path") and one.get("sha256"):
            recorded[one["sha256"]].append(Path(one["path"]))

    def find(sha256: str, source_path: str) -> list[Path]:
        beneath = [folder / source_path for folder in sources]
        return list(dict.fromkeys([*recorded[sha256], *beneath]))

    return find


def _meanings() -> dict[str, dict[str, dict[str, str]]]:
    """What the codes of each column mean, from the schemas."""
    import schemas

    return {
        name: {
            column: dict(spec.metadata["codes"])
            for column, spec in model.to_schema().columns.items()
            if spec.metadata and "codes" in spec.metadata
        }
        for name, model in schemas.TABLES.items()
    }


def _merged(*parts: dict[str, dict[str, dict[str, str]]]) -> dict[str, dict[str, dict[str, str]]]:
    out: dict[str, dict[str, dict[str, str]]] = {}
    for part in parts:
        for table, columns in part.items():
            out[table] = {**out.get(table, {}), **columns}
    return out


def _key(*parts: Any) -> str:
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, dict) and part and all(isinstance(value, bytes) for value in part.values()):
            for name, data in sorted(part.items()):
                digest.update(f"{name} {len(data)}\0".encode() + data)
        else:
            digest.update(json.dumps(part, sort_keys=True, default=str).encode() + b"\0")
    return digest.hexdigest()


def _read_ledger(path: Path) -> dict[str, Any]:
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _plain_id(doc_id: str) -> bool:
    """Safe as a file name: three letters, a hyphen, four digits."""
    letters, _, year = doc_id.partition("-")
    return letters.isascii() and letters.isalpha() and len(letters) == 3 and year.isdecimal() and len(year) == 4
