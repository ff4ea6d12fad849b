"""Which files a run reads, which it takes from the ledger, and why: decided before anything is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.ledger import Ledger
from flows.sources import SourceFile

NEW, RELEASE, FORCED = "new file", "new content", "asked for (--force)"
KEPT, FINISHED, UNSELECTED = "unchanged", "finished by a run that was not published", "not selected"
REREAD = {"code": "new extraction code", "rules": "new rules", "packages": "new package versions"}
AGAIN, LOST = "failed before", "missing in the cache"
UNREACHED = "cannot be opened"


@dataclass(frozen=True)
class Selection:
    """The chapters a run may change: of these years and countries (ISO 3166 alpha-3), of all if there are none."""

    years: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.years or self.countries)

    def takes(self, doc_id: str) -> bool:
        """Whether a chapter (``per-2019``) is one of them."""
        iso3, _, year = doc_id.partition("-")
        return (not self.years or int(year) in self.years) and (not self.countries or iso3.upper() in self.countries)


@dataclass(frozen=True)
class Job:
    """One file of a run: where its verdict is or will be, whether it must be read for that, and why (not)."""

    file: SourceFile
    entry: Path
    read: bool
    why: str
    selected: bool = True


def plan(
    files: Iterable[SourceFile],
    before: Mapping[str, Any],
    ledger: Ledger,
    state: Mapping[str, str],
    force: bool = False,
    selection: Selection = Selection(),
) -> list[Job]:
    """What to do with each file, given the facts of the run that is published (``run.json``, or nothing).

    A file of which the published run has read chapters that the selection does not take stays as it is published,
    whatever has changed, also if the file is not there. A file that no run has read is read, for only then one knows
    which chapters it holds.
    """
    known = {fact["source_path"]: fact for fact in before.get("inputs", ())}
    jobs = [_job(file, known.get(file.source_path), ledger, state, force, selection) for file in files]
    gone = known.keys() - {job.file.source_path for job in jobs}
    for name, fact in known.items():
        if selection and name in gone:
            file = SourceFile(Path(fact["path"]), name, fact["sha256"])
            job = _job(file, fact, ledger, state, False, selection)
            jobs += [] if job.selected else [job]
    return jobs


def _job(
    file: SourceFile,
    fact: Mapping[str, Any] | None,
    ledger: Ledger,
    state: Mapping[str, str],
    force: bool,
    selection: Selection,
) -> Job:
    entry = ledger.entry(file)
    doc_ids = fact["doc_ids"] if fact else []
    if fact and selection and doc_ids and not any(selection.takes(doc_id) for doc_id in doc_ids):
        published = ledger.named(fact["entry"])
        if published.exists():
            return Job(file, published, False, UNSELECTED, selected=False)
    if force:
        return Job(file, entry, True, FORCED)
    same = fact is not None and fact["sha256"] == file.sha256
    if entry.exists():
        return Job(file, entry, False, KEPT if same else FINISHED)
    if fact is None:
        return Job(file, entry, True, NEW)
    if not same:
        return Job(file, entry, True, RELEASE)
    changed = [why for part, why in REREAD.items() if fact["state"].get(part) != state[part]]
    return Job(file, entry, True, ", ".join(changed) or (LOST if doc_ids and not fact["standing"] else AGAIN))


def nothing_to_do(
    jobs: Iterable[Job], unreached: Collection[str], before: Mapping[str, Any], state: Mapping[str, str], options: Any
) -> bool:
    """Whether a run would publish what is published: the same files, names and places, read by the same code, held
    against the same schemas, published with the same options, and the same ones out of reach."""
    if not before.get("published") or before.get("state") != dict(state) or before.get("options") != options:
        return False
    published = {  # what could not be opened then is there now, or this run would have a failure
        (fact["source_path"], fact["sha256"], fact["path"], fact["entry"])
        for fact in before["inputs"]
        if fact["why"] != UNREACHED
    }
    jobs = list(jobs)
    now = {(job.file.source_path, job.file.sha256, str(job.file.path), job.entry.name) for job in jobs}
    failed = {failure["source_path"] for failure in before["failures"]} - {name for name, *_ in now}
    if failed != set(unreached):
        return False
    return now == published and all(not job.read for job in jobs)
