"""Builds the site: finds the pages that are out of date, renders them in child processes, and removes unused files.

A page is rendered again only if one of its inputs changed (rows, pictures, meanings of codes, the code of ``review``;
for the start page also ``run.json``), or if something was missing on it. The file ``site.json`` in the site records for
each page a hash of its inputs and what was missing.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from review import declared, pictures
from review.layout import CHAPTER_TABLES, COUNTRY_TABLES
from review.overview import overview_files
from review.packing import joined, parted
from review.pictures import write_changed, write_whole
from review.release import CannotBuildSite, PublishedRun, Record, identity
from review.start import render_start
from review.work import BODY, RenderResult, RenderTask, render_country, render_failed, render_file

__all__ = ["FOLDER", "START", "CannotBuildSite", "NoAnswer", "SiteReport", "build", "is_current"]

HERE = Path(__file__).parent
FOLDER = "site"
"""Default folder of the site inside the output folder."""
START = "index.html"
LEDGER = "site.json"
OVERVIEW = "overview"
"""The entry of the ledger for all pages and scripts that show rows of many chapters."""
FOLDERS = ("chapters", "countries", "explore", "matrix", "search")
"""Folders whose files are removed if no chapter or table needs them any more."""
RELEASE = "release.js"
"""Script with the name of the run. It is a file of its own so that chapter pages do not change with every run."""
TIME_LIMIT = 120.0
"""Time limit in seconds for the pages of one file. The longest real file takes two seconds."""
Lock = Callable[[Path], AbstractContextManager[object]]
"""Holds a folder for one build."""
Pool = Callable[[int, float], AbstractContextManager[Any]]
"""Makes that many child processes with that many seconds for each call. Their ``run(function, *arguments)`` returns the
result of the function, or raises :class:`NoAnswer`."""


class NoAnswer(Exception):
    """A child process gave no result; the message says what happened to it."""


@dataclass
class SiteReport:
    """The result of a build: numbers of pages and pictures, size in bytes, time in seconds.

    ``without_picture`` gives the chapters whose source pages cannot be shown, ``failed`` those whose page could not be
    built, both with the reason.
    """

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
        """One line for each chapter whose page could not be built or whose source pages cannot be shown."""
        unbuilt = [f"{doc_id}: not built: {reason}" for doc_id, reason in sorted(self.failed.items())]
        return unbuilt + [f"{doc_id}: {reason}" for doc_id, reason in sorted(self.without_picture.items())]

    def sentence(self) -> str:
        """Return the report as one line."""
        parts = [
            f"{self.site / START}: chapters: {self.chapters}, countries: {self.countries}",
            f"pages: {self.built} built, {self.kept} kept; pictures: {self.pictures} drawn",
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
    lock: Lock,
    pool: Pool,
    workers: int = 1,
    sources: Sequence[Path] = (),
    with_pictures: bool = True,
    log: Callable[[str], None] = lambda line: None,
) -> SiteReport:
    """Build the review site of the run published in ``output``.

    ``site`` is the target folder (default: ``output/site``), ``workers`` the number of processes. Page pictures are
    drawn from the files that ``run.json`` names, or from files of the same name under ``sources``, if their checksum is
    still that of the run. A chapter without its file is shown without pictures, and without ``with_pictures`` every
    chapter of a PDF is. ``lock`` holds the folder while it is built; ``pool`` makes the child processes.

    Raises :class:`CannotBuildSite` if nothing is published or ``site`` contains other files, and what ``lock`` raises.
    """
    site = site or output / FOLDER
    release = PublishedRun(output)
    if site.exists() and not (site / LEDGER).exists() and any(path.name != ".lock" for path in site.iterdir()):
        raise CannotBuildSite(f"{site} contains files that are not a review site; choose another folder or move them")
    with lock(site):
        return _build(_Build(release, site, sources, with_pictures), workers, pool, log)


def is_current(output: Path, site: Path, with_pictures: bool = True) -> bool:
    """Whether the site is complete and was built so from the published run with the installed code."""
    known = _read_ledger(site / LEDGER)
    built = (known.get("run"), known.get("code"), known.get("pictures"))
    return bool(known.get("whole")) and built == (identity(output), code_version(), with_pictures)


def _build(pages: _Build, workers: int, pool: Pool, log: Callable[[str], None]) -> SiteReport:
    clock = time.perf_counter()
    report, site = pages.report, pages.site
    if not (site / LEDGER).exists():  # marks the folder as a site before any other file is written
        write_whole(site / LEDGER, b"{}")
    tasks = pages.tasks()
    fresh = sum(len(task.chapters) for task in tasks)
    log(f"chapters: {report.chapters}; to build: {fresh}, from {len(tasks)} of the files")
    begun = time.perf_counter()
    for done, result in enumerate(_work(tasks, workers, pool), 1):
        pages.add(result)
        if done % 25 == 0:
            left = (time.perf_counter() - begun) / done * (len(tasks) - done)  # the largest files come first
            log(f"{done} of {len(tasks)} files, at most about {left:.0f} s left")
    pages.scripts()
    pages.countries()
    pages.start()
    pages.overview()
    pages.finish()
    report.size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    report.seconds = round(time.perf_counter() - clock, 2)
    return report


def code_version() -> str:
    """Return a hash of the code, templates, style sheets and scripts that determine the pages."""
    digest = hashlib.sha256(pictures.SETTINGS.encode())
    for file in sorted(HERE.rglob("*")):
        if file.is_file() and file.suffix in (".py", ".html", ".css", ".js", ".svg", ".json"):
            digest.update(file.relative_to(HERE).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


class _Build:
    """One build: the published run, the existing site, and what has been built so far."""

    def __init__(self, release: PublishedRun, site: Path, sources: Sequence[Path], with_pictures: bool) -> None:
        self.release, self.site, self.with_pictures = release, site, with_pictures
        self.report = SiteReport(site)
        self.code = code_version()
        self.documents = sorted(release.rows("documents"), key=lambda row: row["doc_id"])
        for row in self.documents:
            if not _plain_id(row["doc_id"]):
                raise CannotBuildSite(f"{row['doc_id']!r} is not a chapter identifier")
        self.by_id = {row["doc_id"]: row for row in self.documents}
        self.by_country: dict[str, list[Record]] = defaultdict(list)
        for row in self.documents:
            self.by_country[row["iso3"]].append(row)
        self.report.chapters, self.report.countries = len(self.documents), len(self.by_country)
        self.known: dict[str, dict[str, Any]] = _read_ledger(site / LEDGER).get("pages", {})
        self.made: dict[str, dict[str, Any]] = {}
        self.pictures: set[str] = set()
        self.declared: dict[str, Any] = release.run.get("declared", {})
        self.meanings = _meanings()
        for name, columns in declared.meanings(self.declared).items():
            self.meanings[name] = {**self.meanings.get(name, {}), **columns}
        # Inputs of every page. The meanings are hashed as text because pages list codes in their order.
        self.basis = _key(self.code, json.dumps([self.meanings, self.declared, with_pictures]))
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)
        self.checks: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for row in release.rows("quality", ["doc_id", "severity", "check"]):
            self.counts[row["doc_id"]][row["severity"]] += 1
            self.checks[row["doc_id"]][row["check"], row["severity"]] += 1
        self._files = _source_files(release.run, sources)

    def tasks(self) -> list[RenderTask]:
        """Return a task for each source file with a chapter that is out of date, the largest first."""
        for left in (self.site / "chapters").glob(f"*{BODY}"):  # by a build that did not come to its end
            left.unlink()
        by_file: dict[str, list[Record]] = defaultdict(list)
        for row in self.documents:
            by_file[row["source_sha256"]].append(row)
        tasks = [task for sha256, rows in by_file.items() if (task := self._task(sha256, rows)).chapters]
        return sorted(
            tasks, key=lambda task: -sum(len(data) for one in task.chapters for data in one["tables"].values())
        )

    def _task(self, sha256: str, rows: list[Record]) -> RenderTask:
        folder = pictures.folder_of(sha256)
        candidates = [str(path) for row in rows for path in self._files(sha256, row["source_path"])]
        task = RenderTask(
            sha256,
            rows[0]["source_format"],
            candidates,
            str(self.site),
            folder,
            self.meanings,
            declared=self.declared,
            with_pictures=self.with_pictures,
        )
        if self.with_pictures:
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
            script = _script(row["iso3"])
            there = row["doc_id"] in self.known.get(script, {}).get("chapters", ()) and (self.site / script).is_file()
            key = _key(self.basis, chapter["siblings"], chapter["country"], chapter["tables"], chapter["registry"])
            known = self.known.get(name, {})
            # If something was missing, only another attempt can tell whether it is available now.
            whole = there and not known.get("missing") and self._has_pictures(folder, known)
            if known.get("key") == key and (self.site / name).is_file() and whole:
                self._keep(name, known)
            else:
                task.chapters.append({**chapter, "key": key})
        return task

    def _has_pictures(self, folder: str, known: dict[str, Any]) -> bool:
        there = pictures.known_sheets(self.site / "pages" / folder) if known.get("sheets") else {}
        return all(page in there for page in known.get("sheets", []))

    def _keep(self, name: str, known: dict[str, Any]) -> None:
        self.made[name] = known
        self.report.kept += 1

    def add(self, result: RenderResult) -> None:
        """Record the result of a task, and write a replacement page for each chapter that failed."""
        self.report.pictures += result.pictures
        for doc_id, entry in result.chapters.items():
            self.made[f"chapters/{doc_id}.html"] = entry
            self.report.built += 1
            if entry.get("missing"):
                self.report.without_picture[doc_id] = entry["missing"]
        for doc_id, reason in result.failed.items():
            # Other pages link to this page, so it must exist. Without a key in its entry, the next build tries again.
            name = f"chapters/{doc_id}.html"
            write_whole(self.site / name, render_failed(self.by_id[doc_id], reason))
            self.made[name] = {"failed": reason}
            self.report.failed[doc_id] = reason

    def scripts(self) -> None:
        """Write for each country the script with the contents of its chapter pages, if one of them is new.

        The chapters of a country have much in common, so together they take half the room.
        """
        for iso3, rows in sorted(self.by_country.items()):
            made = [row["doc_id"] for row in rows if "key" in self.made[f"chapters/{row['doc_id']}.html"]]
            if made:
                self._script(_script(iso3), made)

    def _script(self, name: str, made: list[str]) -> None:
        file, entry = self.site / name, {"chapters": made}
        bodies = [self.site / f"chapters/{doc_id}{BODY}" for doc_id in made]
        fresh = {body.stem: body for body in bodies if body.is_file()}
        if fresh or self.known.get(name) != entry:
            parts = parted(file.read_text("utf-8")) if len(fresh) < len(made) else {}
            parts |= {doc_id: body.read_bytes() for doc_id, body in fresh.items()}
            write_whole(file, joined({doc_id: parts[doc_id] for doc_id in made}))
        for body in fresh.values():
            body.unlink()
        self.made[name] = entry

    def countries(self) -> None:
        """Build the page of each country whose rows changed."""
        for iso3, rows in sorted(self.by_country.items()):
            tables = self.release.country(iso3, COUNTRY_TABLES)
            counts = {row["doc_id"]: dict(self.counts[row["doc_id"]]) for row in rows}
            name = f"countries/{iso3.lower()}.html"
            key = _key(self.basis, sorted((doc_id, sorted(by.items())) for doc_id, by in counts.items()), tables)
            self._page(name, key, partial(render_country, tables, counts, self.meanings))

    def start(self) -> None:
        """Build the start page if its inputs changed."""
        run = json.dumps(self.release.run, sort_keys=True)
        changes = self.release.rows("changes") if self.release.has("changes") else None
        counts = {doc_id: sorted(by.items()) for doc_id, by in sorted(self.checks.items())}
        quarantine = len(self.release.rows("quarantine", ["doc_id"]))
        levels = [(row["doc_id"], row["country"], row["assessment"], row["assessment_note"]) for row in self.documents]
        key = _key(self.basis, run, changes, sorted(counts.items()), levels, quarantine)
        shown = (self.documents, self.counts, self.checks, self.release.run, changes, quarantine, self.meanings)
        self._page(START, key, partial(render_start, *shown))

    def _page(self, name: str, key: str, render: Callable[[], bytes]) -> None:
        """Build a page whose inputs have this hash, unless it is there and they are those of its entry."""
        known = self.known.get(name, {})
        if known.get("key") == key and (self.site / name).is_file():
            self._keep(name, known)
        else:
            write_whole(self.site / name, render())
            self.made[name] = {"key": key}
            self.report.built += 1

    def overview(self) -> None:
        """Build what shows all chapters at once: the pages of Explore and the scripts with their rows.

        If the run is the same, the files stay; otherwise those whose content changed are written.
        """
        key = _key(self.basis, self.release.identity)
        known = self.known.get(OVERVIEW, {})
        if known.get("key") == key and all((self.site / name).is_file() for name in known["files"]):
            self.made[OVERVIEW] = known
            return
        files = []
        for name, data in overview_files(self.release, self.documents, self.meanings):
            write_changed(self.site / name, data)
            files.append(name)
        self.made[OVERVIEW] = {"key": key, "files": files}

    def finish(self) -> None:
        """Copy the assets, remove files that no page needs, and write ``site.json``."""
        for asset in sorted((HERE / "assets").iterdir()):
            write_changed(self.site / "assets" / asset.name, asset.read_bytes())
        release = json.dumps(str(self.release.run.get("run") or ""))
        script = f'"use strict";\nglobalThis.findingsRelease = {release};\n'.encode()
        write_changed(self.site / "assets" / RELEASE, script)
        wanted = {*self.made, *self.made[OVERVIEW]["files"]}
        for folder in FOLDERS:
            for file in (self.site / folder).rglob("*.*"):
                if file.relative_to(self.site).as_posix() not in wanted:
                    file.unlink()
        for old in (self.site / "pages").glob("*"):
            if old.name not in self.pictures:
                shutil.rmtree(old)
        ledger = {
            "about": "written by the review site; do not edit",
            "code": self.code,
            "run": self.release.identity,
            "pictures": self.with_pictures,
            "whole": not self.report.faults,
            "pages": self.made,
        }
        write_whole(self.site / LEDGER, json.dumps(ledger, sort_keys=True).encode())


def _work(tasks: list[RenderTask], count: int, pool: Pool) -> Iterable[RenderResult]:
    """Run the tasks in child processes and yield their results as they finish."""
    if not tasks:
        return
    count = max(1, min(count, len(tasks)))
    # The pool is closed first, because the threads wait for its processes.
    with ThreadPoolExecutor(count) as threads, pool(count, TIME_LIMIT) as processes:
        try:
            for future in as_completed([threads.submit(_one, task, processes) for task in tasks]):
                yield future.result()
        finally:  # also after Ctrl-C: do not start the tasks that are still queued
            threads.shutdown(wait=False, cancel_futures=True)


def _one(task: RenderTask, processes: Any) -> RenderResult:
    """Run a task in a child process. If the process fails, run it again without drawing pages.

    If that fails too, all its chapters are returned as failed.
    """
    try:
        result: RenderResult = processes.run(render_file, task)
        return result
    except NoAnswer as error:
        not_drawn = f"The pages of the source file could not be drawn: {error}."
    try:
        plain: RenderResult = processes.run(render_file, replace(task, candidates=[], reason=not_drawn))
    except NoAnswer as error:
        reason = f"{error}, without pictures too"
        return RenderResult(failed={chapter["doc_id"]: reason for chapter in task.chapters})
    return plain


def _source_files(run: dict[str, Any], sources: Sequence[Path]) -> Callable[[str, str], list[Path]]:
    """Return a function that lists the paths at which a file may be: as in ``run.json``, then under ``sources``."""
    recorded: dict[str, list[Path]] = defaultdict(list)
    for one in run.get("inputs", []):
        if one.get("path") and one.get("sha256"):
            recorded[one["sha256"]].append(Path(one["path"]))

    def find(sha256: str, source_path: str) -> list[Path]:
        beneath = [folder / source_path for folder in sources]
        return list(dict.fromkeys([*recorded[sha256], *beneath]))

    return find


def _meanings() -> dict[str, dict[str, dict[str, str]]]:
    """Return the meaning of each code, from the schemas: ``{table: {column: {code: meaning}}}``."""
    import schemas

    return {
        name: {
            column: dict(spec.metadata["codes"])
            for column, spec in model.to_schema().columns.items()
            if spec.metadata and "codes" in spec.metadata
        }
        for name, model in schemas.TABLES.items()
    }


def _script(iso3: str) -> str:
    """Return the name of the script with the contents of the chapter pages of a country."""
    return f"chapters/{iso3.lower()}.js"


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
    """Whether the identifier has three letters, a hyphen and four digits, and is therefore safe as a file name."""
    return re.fullmatch(r"[A-Za-z]{3}-[0-9]{4}", doc_id) is not None
