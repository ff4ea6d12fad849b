"""Which files a run reads, which it takes from the ledger, and why. This is decided before any file is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows.ledger import Ledger
from flows.request import ALL, Selection
from flows.sources import SourceFile, printable

NEW, RELEASE, FORCED = "new file", "new content", "asked for (--force)"
KEPT, FINISHED, UNSELECTED = "unchanged", "finished by a run that was not published", "not selected"
NOT_GIVEN = "not given (--add)"
REREAD = {"code": "new extraction code", "rules": "new rules", "packages": "new package versions"}
AGAIN, LOST = "failed before", "missing in the cache"
LIMITED = "exceeded the same limits before"
UNREACHED = "cannot be opened"


@dataclass(frozen=True)
class ReadJob:
    """One file of a run: where its ledger entry is or will be, whether the file must be read for it, and why (not).

    ``limited`` is the entry that says so if the file exceeds the limits of this run.
    """

    file: SourceFile
    entry: Path
    read: bool
    why: str
    selected: bool = True
    limited: Path | None = None

    @property
    def verdict(self) -> Path:
        """The entry that has the verdict on the file, once it was read."""
        return self.limited if self.limited and self.limited.exists() and not self.entry.exists() else self.entry


def plan(
    files: Iterable[SourceFile],
    before: Mapping[str, Any],
    ledger: Ledger,
    state: Mapping[str, str],
    force: bool = False,
    selection: Selection = ALL,
    add: bool = False,
) -> list[ReadJob]:
    """What to do with each file. ``before`` are the facts of the published run (``run.json``, or an empty mapping).

    If the published run has read chapters from a file and none of them is selected, the file stays as it is published,
    whatever has changed, even if it is gone. A file that no run has read is read, because only then its chapters are
    known. With ``add`` every published file that is not among ``files`` stays in the same way.
    """
    known = {fact["source_path"]: fact for fact in before.get("inputs", ())}
    files = _as_known(files, known) if add else list(files)
    jobs = [_job(file, known.get(file.source_path), ledger, state, force, selection) for file in files]
    gone = known.keys() - {job.file.source_path for job in jobs}
    for name, fact in known.items():
        if (selection or add) and name in gone:
            file = SourceFile(Path(fact["path"]), name, fact["sha256"])
            job = _job(file, fact, ledger, state, False, selection, add)
            jobs += [] if job.selected and not add else [job]
    return jobs


def _as_known(files: Iterable[SourceFile], known: Mapping[str, Mapping[str, Any]]) -> list[SourceFile]:
    """The files under the names that they have in the published run; a new one whose name another file has gets more of
    its path in front."""
    names = {fact["path"]: name for name, fact in known.items()}
    taken = set(known)
    named = []
    for file in files:
        name = names.get(str(file.path), "")
        if not name:
            parts = [printable(part) for part in file.path.parts[1:]]
            least = 1 + file.source_path.count("/")
            longer = ("/".join(parts[-length:]) for length in range(least, len(parts) + 1))
            name = next((name for name in (file.source_path, *longer) if name not in taken), file.source_path)
            taken.add(name)
        named.append(replace(file, source_path=name))
    return named


def _job(
    file: SourceFile,
    fact: Mapping[str, Any] | None,
    ledger: Ledger,
    state: Mapping[str, str],
    force: bool,
    selection: Selection,
    stays: bool = False,
) -> ReadJob:
    if fact and (stays or _is_unselected(fact, selection)):
        published = ledger.named(fact["entry"])
        if published.exists():
            return ReadJob(file, published, False, NOT_GIVEN if stays else UNSELECTED, selected=False)
    entry, limited = ledger.entry(file), ledger.limited(file)
    if force:
        return ReadJob(file, entry, True, FORCED, limited=limited)
    if entry.exists():
        return ReadJob(file, entry, False, KEPT if fact and fact["sha256"] == file.sha256 else FINISHED)
    if limited.exists():
        return ReadJob(file, limited, False, LIMITED)
    return ReadJob(file, entry, True, _reason_to_read(file, fact, state), limited=limited)


def _is_unselected(fact: Mapping[str, Any], selection: Selection) -> bool:
    """Whether the published run knows the file's chapters and none of them is selected."""
    return bool(selection and fact["doc_ids"]) and not any(map(selection.includes, fact["doc_ids"]))


def _reason_to_read(file: SourceFile, fact: Mapping[str, Any] | None, state: Mapping[str, str]) -> str:
    """Why a file without a ledger entry is read."""
    if fact is None:
        return NEW
    if fact["sha256"] != file.sha256:
        return RELEASE
    changed = [why for part, why in REREAD.items() if fact["state"].get(part) != state[part]]
    return ", ".join(changed) or (LOST if fact["doc_ids"] and not fact["standing"] else AGAIN)


def nothing_to_do(
    jobs: Iterable[ReadJob],
    unreached: Collection[str],
    before: Mapping[str, Any],
    state: Mapping[str, str],
    options: Any,
) -> bool:
    """Whether a run would publish what is already published: the same files under the same names and places, read by
    the same code, checked by the same schemas, published with the same options, and the same files unreachable."""
    if not before.get("published") or before.get("state") != dict(state) or before.get("options") != options:
        return False
    published = {  # a file that was unreachable then and is reachable now counts as new
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
