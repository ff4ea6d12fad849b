"""A run becomes visible at one instant or not at all.

``output/tables``, ``output/findings.duckdb`` and ``output/run.json`` are links through ``output/.current`` into one
folder a run, ``output/.runs/<number>``. A run is written into a folder of its own and shown by replacing that one
link, so a reader sees all of the old run or all of the new one, and a run that is killed leaves the old one standing.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from flows.log import say

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("tables", "findings.duckdb", "run.json")
KEPT = 2
"""Runs that stay on disk: the one shown, and the one before it for readers that still have it open."""


class OutputInUse(Exception):
    """Another run is writing to the same output folder."""


class OutputBlocked(Exception):
    """Something that no run has made stands where the output must go."""


@contextmanager
def sole_writer(output: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold a folder for one run or one build; the hold ends with the process. Waits at most this many seconds for
    another one that holds it, then raises :class:`OutputInUse`."""
    output.mkdir(parents=True, exist_ok=True)
    with (output / ".lock").open("w") as lock:
        ends = time.monotonic() + wait
        if wait and not _held(lock):
            say(logging.INFO, "run", "wait", f"another run is writing to {output}")
        while not _held(lock):
            if time.monotonic() >= ends:
                raise OutputInUse(f"another run is writing to {output}")
            time.sleep(min(1.0, wait))
        yield


def _held(lock: IO[str]) -> bool:
    """Whether the lock is ours now; asking again for what is held does no harm."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def last_run(output: Path) -> dict[str, Any]:
    """The facts of the run that is published there; without its files if an older version wrote them another way,
    nothing if there is none."""
    try:
        facts: dict[str, Any] = json.loads((output / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return facts if "state" in facts else {"published": True}


def remember(summary: Mapping[str, Any], output: Path) -> None:
    """Add a run to ``runs.jsonl``, which has one line for each run, also for those that published nothing."""
    with (output / "runs.jsonl").open("a", encoding="utf-8") as history:
        history.write(json.dumps(summary, ensure_ascii=False) + "\n")


def publish(
    tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any], output: Path, spreadsheets: bool = False
) -> Path:
    """Write every table as Parquet and CSV, all of them as one DuckDB file, and the run's facts; then show them.

    The same tables give the same Parquet and CSV bytes. With ``spreadsheets`` there is also a folder of CSV files in
    which no cell is a formula. Returns the run's folder. Raises :class:`OutputBlocked`, and ``OSError`` (disk full,
    say), after which the run before is still shown and nothing half-written is left.
    """
    for name in SHOWN:
        if (output / name).exists() and not (output / name).is_symlink():
            raise OutputBlocked(f"{output / name} is not from a run; move it away")
    runs = output / ".runs"
    runs.mkdir(parents=True, exist_ok=True)
    for left in runs.glob("*.part"):
        shutil.rmtree(left)
    number = 1 + max((int(folder.name) for folder in runs.iterdir() if folder.name.isdigit()), default=0)
    final = runs / f"{number:06d}"
    stage = runs / f"{final.name}.part"
    try:
        _write(tables, run, stage, spreadsheets)
        stage.rename(final)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    _sync(runs)
    _link(Path(".runs") / final.name, output / ".current")
    for name in SHOWN:
        _link(Path(".current") / name, output / name)
    _sync(output)
    for old in sorted(folder for folder in runs.iterdir() if folder.name.isdigit())[:-KEPT]:
        shutil.rmtree(old)
    return final


def read_table(output: Path, name: str) -> pd.DataFrame:
    """A published table. Raises ``FileNotFoundError`` if no run has been published."""
    import pandas as pd

    return pd.read_parquet((output / "tables").resolve(strict=True) / f"{name}.parquet")


def read_tables(output: Path) -> dict[str, pd.DataFrame]:
    """All published tables of one run. Raises ``FileNotFoundError`` if no run has been published."""
    import pandas as pd

    folder = (output / "tables").resolve(strict=True)
    return {file.stem: pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}


def _write(tables: Mapping[str, pd.DataFrame], run: Mapping[str, Any], stage: Path, spreadsheets: bool) -> None:
    import duckdb

    import schemas

    folder = stage / "tables"
    folder.mkdir(parents=True)
    meanings = schemas.column_meanings()
    with duckdb.connect(str(stage / "findings.duckdb")) as database:
        database.begin()  # one transaction: each comment on a column would write the file's catalog anew
        for name in schemas.TABLES:
            parquet = folder / f"{name}.parquet"
            tables[name].to_parquet(parquet, index=False)
            tables[name].to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
            if spreadsheets:
                from flows.spreadsheet import write_spreadsheet_safe

                (folder / "spreadsheet").mkdir(exist_ok=True)
                write_spreadsheet_safe(tables[name], folder / "spreadsheet" / f"{name}.csv")
            database.execute(f'CREATE TABLE "{name}" AS SELECT * FROM read_parquet({_quoted(str(parquet))})')
            for column, meaning in meanings[name].items():
                database.execute(f'COMMENT ON COLUMN "{name}"."{column}" IS {_quoted(meaning)}')
        database.commit()
    (stage / "run.json").write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for file in stage.rglob("*"):
        _sync(file)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _link(target: Path, link: Path) -> None:
    """Make or replace a link in one step."""
    fresh = link.with_name(f"{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
