"""Publishing: a run becomes visible at one instant or not at all.

``output/tables``, ``findings.duckdb``, ``datapackage.json`` and ``run.json`` are links through ``output/.current`` into
one release, the folder ``output/.runs/<number>``. A release is written into a folder of its own and published by
replacing that one link, so a reader sees all of the old run or all of the new one, and a killed run leaves the old one
visible.
A release is never changed after that, and a file that is the same in the next one is shared with it (a hard link; two
releases share one at most): ``run.json`` has the SHA-256 of each of its files (:mod:`flows.integrity`). A
second copy of ``run.json``, ``output/.runs/<number>.json``, lets a run go on from there if the first one is damaged.
A run that changes no table publishes nothing; what it found out is in ``output/.runs/<number>.note``.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flows import datapackage, integrity
from flows.database import write_database
from flows.ending import Refused
from flows.formats import FORMATS, write_safe
from flows.history import add_line, last_published, open_regular
from flows.log import log_line
from flows.request import KEPT, LEAST_KEPT

if TYPE_CHECKING:
    import pandas as pd

    from flows.pieces import Stage

DATABASE = "findings.duckdb"
SHOWN = ("tables", DATABASE, "datapackage.json", "run.json")
SYNCED = 8
"""So many files are written through to the disk at once."""


class OutputInUse(Refused):
    """Another run is writing to the same output folder."""


class OutputBlocked(Refused):
    """Something that is not from a run is in the place of the output."""


class OutputReplaced(OSError):
    """The output folder is no longer the one that the run holds."""


@dataclass(frozen=True)
class Hold:
    """One run's hold on its output folder."""

    output: Path
    lock: int

    def check(self) -> None:
        """Raise :class:`OutputReplaced` if the folder was moved, removed or replaced: another run may hold that one."""
        try:
            held = os.path.samestat((self.output / ".lock").stat(), os.fstat(self.lock))
        except (FileNotFoundError, NotADirectoryError):
            held = False
        if not held:
            raise OutputReplaced("it was moved, removed or replaced during the run")


@contextmanager
def sole_writer(output: Path, wait: float = 0.0) -> Iterator[Hold]:
    """Hold a folder for one run or one build, until the process ends; first remove what killed runs have left in it.

    Waits at most ``wait`` seconds for another holder, then raises :class:`OutputInUse`. Raises ``OSError`` if nothing
    can be written there, and at the end :class:`OutputReplaced` if the folder was replaced meanwhile.
    """
    output.mkdir(parents=True, exist_ok=True)
    with os.fdopen(open_regular(output / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW), "r+") as lock:
        ends = time.monotonic() + wait
        if wait and not _held(lock):
            log_line(logging.INFO, "run", "wait", f"another run is writing to {output}")
        while not _held(lock):
            if time.monotonic() >= ends:
                raise OutputInUse(f"another run is writing to {output}")
            time.sleep(min(1.0, wait))
        hold = Hold(output, lock.fileno())
        hold.check()  # during the wait the folder may have been moved, and another run may hold the one in its place
        _tidy(output)
        try:
            yield hold
        except OSError:
            hold.check()
            raise
        hold.check()


def _tidy(output: Path) -> None:
    """Remove what killed runs have left: folders that are half-written, half-removed or were never published, and
    temporary links. Restore links that were removed, because the release that they lead to is still there."""
    for name in (".current", *SHOWN):
        _fresh(output / name).unlink(missing_ok=True)
    for folder in (output / ".runs").glob("*.part"):
        shutil.rmtree(folder)
    kept, current = releases(output), shown(output)
    if kept and current is None:
        current = kept[-1]
        log_line(logging.WARNING, "run", "check", f"the link .current is missing; it leads to {current.name} again")
        _link(Path(".runs") / current.name, output / ".current")
    if current is None:
        return
    for folder in kept:
        if current.name.isdigit() and int(folder.name) > int(current.name):
            shutil.rmtree(folder)
    for copy in [*(output / ".runs").glob("*.json"), *(output / ".runs").glob("*.note")]:
        if copy.stem != current.name and not copy.with_suffix("").exists():
            copy.unlink()
    _show(output)


def _show(output: Path) -> None:
    """Make the links for readers that are missing, and those that lead elsewhere."""
    for name in SHOWN:
        link, target = output / name, Path(".current") / name
        if not os.path.lexists(link) or (link.is_symlink() and link.readlink() != target):
            _link(target, link)


def _held(lock: IO[Any]) -> bool:
    """Whether this process has the lock now; it may be asked for again."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def shown(output: Path) -> Path | None:
    """The folder of the release that is published, which may be missing; nothing if none was ever published."""
    try:
        return output / ".runs" / (output / ".current").readlink().name
    except OSError:
        return None


def releases(output: Path) -> list[Path]:
    """The folders of all releases that are kept, the oldest first."""
    return sorted(folder for folder in (output / ".runs").glob("*") if folder.name.isdigit())


def facts_of(release: Path) -> dict[str, Any]:
    """The facts of a release: its ``run.json`` or, if that one is damaged, the copy; nothing if both are. Only
    ``{"published": True}`` if an older version wrote them in another form."""
    readable = []
    for file in (release / integrity.FACTS, _copy_of_facts(release)):
        with suppress(OSError, integrity.Damaged):
            readable.append(integrity.read_facts(file))
    checked = next(filter(integrity.checksums, readable), None)
    if checked is None and readable and "state" not in readable[0]:
        return {"published": True}
    return checked or next(iter(readable), {})


def facts_to_plan_by(release: Path) -> dict[str, Any]:
    """The facts of a release, with those that a later run has noted (:func:`note`)."""
    facts = facts_of(release)
    with suppress(OSError, ValueError, KeyError, TypeError):
        noted = json.loads(_note_of(release).read_bytes())
        if facts and integrity.sha256_of_facts(noted["facts"]) == noted["sha256"]:
            return {**facts, **noted["facts"]}
    return facts


def note(release: Path, facts: Mapping[str, Any]) -> None:
    """Write beside a release what a run that would publish the same again has found out, so that the next run need not
    find it out again. Raises ``OSError``."""
    text = json.dumps({"sha256": integrity.sha256_of_facts(facts), "facts": facts}, ensure_ascii=True)
    part = _fresh(_note_of(release))
    part.write_text(text, encoding="utf-8")
    part.replace(_note_of(release))


def published_facts(output: Path) -> dict[str, Any]:
    """The facts of the release that is published; nothing if there is none."""
    release = shown(output)
    return facts_of(release) if release else {}


def check_places(output: Path) -> None:
    """Raise :class:`OutputBlocked` if something that is not from a run is where the links of a run must be."""
    for name in SHOWN:
        if (output / name).exists() and not (output / name).is_symlink():
            raise OutputBlocked(f"{output / name} is not from a run; move it away")


def remember(summary: Mapping[str, Any], output: Path) -> None:
    """Add a run to ``runs.jsonl``, which has one line for each run, also for those that published nothing.

    An incomplete line, of this run or of a killed one, is removed.
    """
    line = json.dumps(summary, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    add_line(output / "runs.jsonl", line)


def last_remembered(output: Path) -> str:
    """When the last published run of ``runs.jsonl`` was started; damaged lines are ignored."""
    return last_published(output / "runs.jsonl")


@contextmanager
def staged(output: Path, hold: Hold | None = None) -> Iterator[Path]:
    """Give an empty folder for a new release, with a folder ``tables`` in it; it is removed if it was not published.

    Raises :class:`OutputBlocked`, :class:`OutputReplaced`, and :class:`flows.integrity.NotWritten`.
    """
    check_places(output)
    if hold:
        hold.check()
    runs = output / ".runs"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(place.stem) for place in runs.iterdir() if place.stem.isdigit()), default=0)
        stage = runs / f"{number:06d}.part"
        (stage / "tables").mkdir(parents=True)
    except OSError as error:
        raise integrity.NotWritten(*error.args) from error
    try:
        yield stage
    finally:
        with suppress(OSError):
            if hold:
                hold.check()  # a folder in the place of ours may have a run of its own
            shutil.rmtree(stage, ignore_errors=True)


def publish_staged(
    stage: Stage, run: Mapping[str, Any], output: Path, spreadsheets: bool = False, keep: int = KEPT
) -> Path:
    """Add to a stage its tables as CSV, all of them as one DuckDB file, and the run's facts; then publish it.

    With ``spreadsheets`` there is also a folder of CSV files in which no cell is a formula. The newest ``keep``
    releases stay on disk. Returns the folder of the release. Raises ``OSError`` (for example a full disk); then the run
    before stays published, and the call can be made again.
    """
    final = stage.folder.with_suffix("")
    try:
        _write(stage, run, spreadsheets)
        shutil.copyfile(stage.folder / integrity.FACTS, _copy_of_facts(final))
        _sync(_copy_of_facts(final))
        stage.folder.rename(final)
    except BaseException:
        _copy_of_facts(final).unlink(missing_ok=True)
        raise
    _sync(final.parent)
    _show(output)  # before the first run the links lead nowhere, so the first run too is published by one link
    _link(Path(".runs") / final.name, output / ".current")
    with suppress(OSError):  # the run is published; a failure from here on does not undo that
        _sync(output)
        for old in releases(output)[: -max(keep, LEAST_KEPT)]:
            _remove(old)
    return final


def _copy_of_facts(release: Path) -> Path:
    return release.with_name(f"{release.name}.json")


def _note_of(release: Path) -> Path:
    return release.with_name(f"{release.name}.note")


def _remove(release: Path) -> None:
    """Remove a release, unless a reader has it open (:func:`flows.published.open_release`): then a later run does it.

    It is renamed first: one that is half removed is not taken for a release.
    """
    half = release.with_name(f"{release.name}.part")
    with suppress(FileNotFoundError), (release / integrity.FACTS).open("r+b") as facts:
        if not _held(facts):
            return
        release.rename(half)
    if release.exists():  # without run.json
        release.rename(half)
    shutil.rmtree(half)
    _copy_of_facts(release).unlink(missing_ok=True)
    _note_of(release).unlink(missing_ok=True)


def read_table(output: Path, name: str) -> pd.DataFrame:
    """A published table. Raises ``FileNotFoundError`` if no run has been published, and
    :class:`flows.integrity.Damaged`."""
    from flows.pieces import Parts

    return Parts((output / "tables").resolve(strict=True).parent).frame(name)


def damage(release: Path) -> dict[str, str]:
    """What is wrong with a release, by file; see :func:`flows.integrity.damage`."""
    return integrity.damage(release, _copy_of_facts(release))


def _write(stage: Stage, run: Mapping[str, Any], spreadsheets: bool) -> None:
    import schemas
    from flows.pieces import Parts, share

    folder, fresh = stage.folder, {}
    for name in stage.rows:
        parquet = folder / "tables" / f"{name}.parquet"
        for suffix, write in FORMATS.items():
            fresh[f"tables/{name}{suffix}"] = partial(write, parquet)
        if spreadsheets:
            fresh[f"tables/spreadsheet/{name}.csv"] = partial(write_safe, parquet)
    known = {file: sha256 for file, sha256 in stage.checksums.items() if Path(file).stem in stage.same}
    (folder / "findings.duckdb").unlink(missing_ok=True)
    with ThreadPoolExecutor(1) as meanwhile:  # DuckDB needs nothing of Python to write its file
        written = meanwhile.submit(_write_database, stage, run)
        for file, make in fresh.items():
            (folder / file).parent.mkdir(exist_ok=True)
            (folder / file).unlink(missing_ok=True)  # of an attempt before; it may belong to another release too
            if stage.before.folder and file in known:
                share(stage.before.folder / file, folder / file)
            else:
                make(folder / file)
        tables = Parts(folder)
        package = datapackage.describe(tables, schemas.TABLES, run, known, _described_before(stage))
        tables.close()
        written.result()
    (folder / datapackage.FILE).write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if declared := schemas.declared():  # whoever reads the release later does not have the rules of this run
        run = {**run, "declared": declared}
    (folder / integrity.FACTS).unlink(missing_ok=True)
    facts = integrity.sealed(run, folder, known)  # the last file: it has the sums of all others
    (folder / integrity.FACTS).write_bytes(facts)
    unsynced = [path for path in folder.rglob("*") if path.relative_to(folder).as_posix() not in known]
    with ThreadPoolExecutor(SYNCED) as pool:  # a disk takes several at once
        for _ in pool.map(_sync, unsynced):
            pass


def _write_database(stage: Stage, run: Mapping[str, Any]) -> None:
    """Write the database. If the same code has written that of the release before, and most tables are the same, it is
    copied, and only the other tables are written."""
    import schemas

    file, before = stage.folder / DATABASE, stage.before.folder
    tables = {name: stage.folder / "tables" / f"{name}.parquet" for name in stage.rows}
    file.unlink(missing_ok=True)
    same: set[str] = set()
    if before and DATABASE in stage.checksums:
        facts = facts_of(before)
        sizes = {name: parquet.stat().st_size for name, parquet in tables.items()}
        most = 2 * sum(sizes[name] for name in stage.same) > sum(sizes.values())
        if most and all(part in facts and facts[part] == run.get(part) for part in ("state", "versions")):
            shutil.copyfile(before / DATABASE, file)
            same = stage.same
    write_database(file, tables, schemas.column_meanings(), schemas.VIEWS, same)


def _described_before(stage: Stage) -> dict[str, Any]:
    """The tables of the release before, as its description has them, by name."""
    if not stage.before.folder or datapackage.FILE not in stage.checksums:
        return {}
    package = json.loads((stage.before.folder / datapackage.FILE).read_bytes())
    return {resource["name"]: resource for resource in package["resources"]}


def _link(target: Path, link: Path) -> None:
    """Make or replace a link in one step."""
    fresh = _fresh(link)
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _fresh(link: Path) -> Path:
    return link.with_name(f"{link.name}.new")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
