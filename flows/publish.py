"""Publishing: a run becomes visible at one instant or not at all.

``output/tables``, ``output/findings.duckdb`` and ``output/run.json`` are links through ``output/.current`` into one
folder for each run, ``output/.runs/<number>``. A run is written into a folder of its own and published by replacing
that one link, so a reader sees all of the old run or all of the new one, and a killed run leaves the old one visible.
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flows.formats import FORMATS
from flows.log import log_line

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("tables", "findings.duckdb", "run.json")
READABLE_SINCE: dict[str, str | bool | int | float | list[str]] = {"storage_compatibility_version": "v1.0.0"}
"""The oldest DuckDB that opens the published database; without it, only the version that writes it and later ones."""
KEPT = 2
"""Runs that stay on disk: the published one, and the one before it for readers that still have it open."""


class OutputInUse(Exception):
    """Another run is writing to the same output folder."""


class OutputBlocked(Exception):
    """A file that is not from a run is in the place of the output, or a published file is damaged."""


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
    with (output / ".lock").open("w") as lock:
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
    """Remove what killed runs have left: folders that are half-written or were never published, and temporary links.
    Restore links that were removed, because the run that they lead to is still there."""
    for name in (".current", *SHOWN):
        _fresh(output / name).unlink(missing_ok=True)
    runs = output / ".runs"
    left = list(runs.glob("*.part"))
    with suppress(OSError, ValueError):  # nothing is published yet, or the link is not from a run
        shown = int((output / ".current").readlink().name)
        left += [folder for folder in runs.iterdir() if folder.name.isdigit() and int(folder.name) > shown]
    for folder in left:
        shutil.rmtree(folder)
    if (output / ".current").is_symlink():
        _show(output)


def _show(output: Path) -> None:
    """Make the links for readers that are missing."""
    for name in SHOWN:
        if not os.path.lexists(output / name):
            _link(Path(".current") / name, output / name)


def _held(lock: IO[str]) -> bool:
    """Whether this process has the lock now; it may be asked for again."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def last_run(output: Path) -> dict[str, Any]:
    """The facts of the run that is published there; without its files if an older version wrote them another way,
    nothing if there is none. Raises :class:`OutputBlocked` if they cannot be read."""
    file = output / "run.json"
    try:
        facts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _damaged(file, error) from error
    if not isinstance(facts, dict):
        raise _damaged(file, ValueError("it has no facts of a run"))
    return facts if "state" in facts else {"published": True}


def is_whole(output: Path) -> bool:
    """Whether all published files are there."""
    return all((output / name).exists() for name in SHOWN)


def remember(summary: Mapping[str, Any], output: Path) -> None:
    """Add a run to ``runs.jsonl``, which has one line for each run, also for those that published nothing.

    An incomplete line, of this run or of a killed one, is removed.
    """
    line = json.dumps(summary, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
    with (output / "runs.jsonl").open("a+b", buffering=0) as history:
        history.seek(0)
        whole = history.read().rfind(b"\n") + 1
        history.truncate(whole)
        try:
            if history.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            history.truncate(whole)
            raise


def last_remembered(output: Path) -> str:
    """When the last published run of ``runs.jsonl`` was started; damaged lines are ignored."""
    try:
        lines = (output / "runs.jsonl").read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return ""
    for line in reversed(lines):
        with suppress(ValueError, KeyError, TypeError):
            run = json.loads(line)
            if run["published"]:
                return str(run["started"])
    return ""


def publish(
    tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any], output: Path, spreadsheets: bool = False
) -> Path:
    """Write every table as Parquet and CSV, all of them as one DuckDB file, and the run's facts; then publish them.

    The same tables give the same Parquet and CSV bytes. With ``spreadsheets`` there is also a folder of CSV files in
    which no cell is a formula. Returns the run's folder. Raises :class:`OutputBlocked`, and ``OSError`` (for example a
    full disk); then the run before stays published and nothing half-written is left.
    """
    for name in SHOWN:
        if (output / name).exists() and not (output / name).is_symlink():
            raise OutputBlocked(f"{output / name} is not from a run; move it away")
    runs = output / ".runs"
    runs.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(folder.name) for folder in runs.iterdir() if folder.name.isdigit()), default=0)
    final = runs / f"{number:06d}"
    stage = runs / f"{final.name}.part"
    stage.mkdir()
    try:
        _write(tables, run, stage, spreadsheets)
        stage.rename(final)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    _sync(runs)
    _show(output)  # before the first run the links lead nowhere, so the first run too is published by one link
    _link(Path(".runs") / final.name, output / ".current")
    with suppress(OSError):  # the run is published; a failure from here on does not undo that
        _sync(output)
        for old in sorted(folder for folder in runs.iterdir() if folder.name.isdigit())[:-KEPT]:
            shutil.rmtree(old)
    return final


def read_table(output: Path, name: str) -> pd.DataFrame:
    """A published table. Raises ``FileNotFoundError`` if no run has been published, and :class:`OutputBlocked` if the
    table is damaged."""
    return _read((output / "tables").resolve(strict=True) / f"{name}.parquet")


def read_tables(output: Path) -> dict[str, pd.DataFrame]:
    """All published tables of one run. Raises as :func:`read_table` does."""
    folder = (output / "tables").resolve(strict=True)
    return {file.stem: _read(file) for file in sorted(folder.glob("*.parquet"))}


def _read(file: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_parquet(file)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:  # of which pyarrow's own are kinds
        raise _damaged(file, error) from error


def _damaged(file: Path, error: Exception) -> OutputBlocked:
    """The error for a published file that cannot be used; its message says how to go on."""
    file = file.resolve()
    folder = file.parent if file.name == "run.json" else file.parent.parent
    reason = str(error).splitlines()[0]
    return OutputBlocked(
        f"{file} is damaged ({reason}); restore it, or remove the folder {folder}: the next run then "
        "publishes everything anew, without a comparison with the run before"
    )


def _write(tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any], stage: Path, spreadsheets: bool) -> None:
    import duckdb

    import schemas

    folder = stage / "tables"
    folder.mkdir()
    meanings = schemas.column_meanings()
    try:
        with duckdb.connect(str(stage / "findings.duckdb"), config=READABLE_SINCE) as database:
            database.begin()  # one transaction: each comment on a column would write the file's catalog anew
            for name in schemas.TABLES:
                parquet = folder / f"{name}.parquet"
                for suffix, write in FORMATS.items():
                    write(tables[name], folder / f"{name}{suffix}")
                if spreadsheets:
                    from flows.spreadsheet import write_spreadsheet_safe

                    (folder / "spreadsheet").mkdir(exist_ok=True)
                    write_spreadsheet_safe(tables[name], folder / "spreadsheet" / f"{name}.csv")
                database.execute(f'CREATE TABLE "{name}" AS SELECT * FROM read_parquet({_quoted(str(parquet))})')
                for column, meaning in meanings[name].items():
                    database.execute(f'COMMENT ON COLUMN "{name}"."{column}" IS {_quoted(meaning)}')
            for name, view in schemas.VIEWS.items():
                if set(view.tables) <= schemas.TABLES.keys():
                    database.execute(f'CREATE VIEW "{name}" AS {view.sql}')
                    database.execute(f'COMMENT ON VIEW "{name}" IS {_quoted(view.meaning)}')
            database.commit()
            database.execute("CHECKPOINT")  # closing does it too, but without an error if the disk is full
    except (duckdb.OperationalError, duckdb.FatalException) as error:
        raise OSError(f"findings.duckdb: {str(error).rpartition(': ')[2]}") from error
    if declared := schemas.declared():  # whoever reads the release later does not have the rules of this run
        run = {**run, "declared": declared}
    # the path of a file may hold bytes that are no UTF-8: written as the escape \udcXX, which JSON reads back
    facts = json.dumps(run, indent=1, ensure_ascii=False) + "\n"
    (stage / "run.json").write_bytes(facts.encode("utf-8", "backslashreplace"))
    for file in stage.rglob("*"):
        _sync(file)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


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
