"""``python -m tests.victims``: runs of ``findings`` in processes of their own, killed where a test says.

Starting the interpreter and importing everything takes two seconds, dying takes none: so this process imports once and
forks a run for each line of JSON that it is given. It answers with the stages that the run came to and how it ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.conftest import ROOT, small_arvenia

CHANGES = ("mkdir", "rename", "replace", "symlink", "unlink", "rmdir", "fsync")
"""Calls that change what stands on the disk or make it last."""
MARK = "FINDINGS_VICTIM"
"""In the environment of a run and of the processes that it starts, so that one left behind can be found."""
LONGEST = 300.0
"""Seconds after which a run is killed in any case."""
TABLES: dict[str, Any] = {}
"""Of an invented chapter, in the forking process."""


@dataclass(frozen=True)
class Death:
    """What became of a run: when it came to each stage, and its exit code (negative: the signal that ended it)."""

    stages: dict[str, float]
    code: int

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def stage(self) -> str:
        """The last stage that it came to."""
        return list(self.stages)[-1]

    @property
    def lasts(self) -> dict[str, float]:
        """How many seconds it was in each stage, but for the last one."""
        moments = [*self.stages.values()]
        return {stage: end - at for stage, at, end in zip(self.stages, moments, moments[1:], strict=False)}


class Victims:
    """The forking process, seen from a test."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.victims"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Victims:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.kill()
        self._server.communicate()

    def run(self, *arguments: str | Path, stage: str = "", after: float = 0.0) -> Death:
        """``findings run`` with these arguments, killed so many seconds after it has come to a stage, if one is given.

        In the stage ``remember`` it waits to be killed, with half of its line written.
        """
        return self._order(run=[str(argument) for argument in arguments], stage=stage, after=after)

    def publish(self, output: Path, number: int, point: int) -> Death:
        """Publish two tables, killed before the call of that number which changes the disk."""
        return self._order(publish=[str(output), number, point], stage="", after=0.0)

    def said(self) -> str:
        """What the last run has written to standard output and error."""
        return self._log.read_text()

    def _order(self, **order: Any) -> Death:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps({**order, "log": str(self._log)}) + "\n")
        self._server.stdin.flush()
        return Death(**json.loads(self._server.stdout.readline()))


def left_behind() -> list[int]:
    """The processes of runs that are alive."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and f"{MARK}=".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


# ---------------------------------------------------------------------------------------------- in the forking process


def serve() -> None:
    """Fork a run for each order."""
    _warm()
    for line in sys.stdin:
        order = json.loads(line)
        marks, theirs = os.pipe()
        pid = os.fork()
        if not pid:
            _die_or_end(order, theirs)
        os.close(theirs)
        print(json.dumps(_watch(pid, marks, order)), flush=True)
        os.close(marks)


def _warm() -> None:
    """Import what a run imports, and let Pandera look at its models once; nothing here may start a thread."""
    import duckdb  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import flows.changes
    import flows.cli
    import flows.progress
    import flows.run  # noqa: F401
    import schemas

    TABLES.update(schemas.validate([small_arvenia()]).tables)


def _watch(pid: int, marks: int, order: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    stages: dict[str, float] = {"plan": 0.0}
    due = began + (order["after"] if order["stage"] == "plan" else LONGEST)
    while True:
        if not select.select([marks], [], [], max(0.0, due - time.monotonic()))[0]:
            os.kill(pid, signal.SIGKILL)
            break
        said = os.read(marks, 4096).decode().split()
        if not said:
            break
        for stage in said:
            stages.setdefault(stage, time.monotonic() - began)
            if stage == order["stage"]:
                due = time.monotonic() + order["after"]
    _, status = os.waitpid(pid, 0)
    return {"stages": stages, "code": os.waitstatus_to_exitcode(status)}


# ---------------------------------------------------------------------------------------------- in the run


def _die_or_end(order: dict[str, Any], marks: int) -> None:
    os.environ[MARK] = "1"
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, theirs)
    code: int | str | None = 1
    try:
        if "run" in order:
            _run(order, marks)
        else:
            _publish(*order["publish"])
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def _run(order: dict[str, Any], marks: int) -> None:
    from flows import ledger, publish
    from flows.cli import app
    from flows.run import Steps
    from tests import standin

    timed, remember = Steps.timed, publish.remember

    @contextlib.contextmanager
    def told(steps: Steps, stage: str) -> Iterator[None]:
        os.write(marks, f"{stage} ".encode())
        with timed(steps, stage):
            yield

    def half_remember(summary: dict[str, Any], output: Path) -> None:
        if order["stage"] == "remember":
            with (output / "runs.jsonl").open("a") as history:
                history.write(json.dumps(summary)[:50])
        os.write(marks, b"remember ")
        if order["stage"] == "remember":
            time.sleep(LONGEST)
        remember(summary, output)
        os.write(marks, b"end ")

    changed: list[tuple[Any, str, Any]] = [
        (Steps, "timed", told),
        (publish, "remember", half_remember),
        (ledger, "extract_into", standin.extract_into),
    ]
    for owner, name, function in changed:
        setattr(owner, name, function)
    app(["run", *order["run"]])


def _publish(output: str, number: int, point: int) -> None:
    import schemas
    from flows import publish
    from flows.request import LEAST_KEPT
    from tests.releasing import publish_whole

    schemas.TABLES = {name: schemas.TABLES[name] for name in ("documents", "activities")}
    rows = number % 2 + 1
    tables = {"documents": TABLES["documents"], "activities": TABLES["activities"].head(rows)}
    done = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal done
            if done == point:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            return real(*arguments, **options)

        return call

    for name in CHANGES:
        setattr(os, name, counted(getattr(os, name)))
    facts = {"run": number, "rows": {"documents": 1, "activities": rows}}
    with publish.sole_writer(Path(output)):
        publish_whole(tables, facts, Path(output), keep=LEAST_KEPT)


if __name__ == "__main__":
    serve()
