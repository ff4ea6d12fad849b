"""The log of a run on standard error; in a terminal with a progress bar and the time left below it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import typer
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from flows.log import LOG, Columns, JsonLines, Lines
from flows.terminal import NARROW, encodable

MANY = 50
"""With more files than this, only those with a problem have a line."""
STEPS = {
    "check": "checking the release",
    "read": "reading",
    "validate": "validating",
    "compare": "comparing",
    "publish": "publishing",
    "site": "building the site",
}
"""What is shown of each step. One that is not here keeps what was shown before."""


COLOURS = {logging.WARNING: "yellow", logging.ERROR: "red"}


class _Handler(logging.Handler):
    def __init__(self, run: str, as_json: bool) -> None:
        super().__init__(logging.INFO)
        self._only_problems = False
        self._for_machines = as_json
        self.console = Console(stderr=True, soft_wrap=True)
        self.bar = Progress(
            SpinnerColumn("line"),  # the bar is full when all files are read, and the run goes on for a while
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self.console,
            disable=as_json or not self.console.is_terminal,
            transient=True,
        )
        self._task = self.bar.add_task(STEPS["read"], total=None)
        self._in_columns = self.console.is_terminal and not as_json
        self.setFormatter(JsonLines(run) if as_json else Columns() if self._in_columns else Lines(run))
        if self._in_columns:
            self.console.print(f"run {run}", highlight=False, style="bold")

    def begin(self, step: str) -> None:
        """Name the step beside the bar."""
        self.bar.update(self._task, description=STEPS.get(step))

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line; it may also carry the number of files, or that a file is done."""
        done = getattr(record, "done", False)
        if not (done and self._only_problems and record.levelno < logging.WARNING):
            self._print(record)
        if files := getattr(record, "facts", {}).get("files"):
            self.bar.update(self._task, total=files)
            self._only_problems = files > MANY and not self._for_machines
        if done:
            self.bar.advance(self._task)

    def _print(self, record: logging.LogRecord) -> None:
        if not self._in_columns:
            self.console.print(self.format(record), markup=False, highlight=False)
            return
        line, width = encodable(self.format(record), self.console), self.console.width
        if width >= NARROW and cell_len(line) > width:
            line = f"{set_cell_size(line, width - 3)}..."
        self.console.print(Text(line, COLOURS.get(record.levelno, "")))


@contextmanager
def waiting(first: str) -> Iterator[Callable[[str], None]]:
    """Whom a command that takes long tells what it is at: in a terminal one line that moves, else a line for each.

    ``first`` is shown in a terminal until something is told.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield partial(typer.echo, err=True)
        return
    with console.status(first, spinner="line") as status:
        yield lambda line: status.update(Text(line))


@contextmanager
def progress(run: str, as_json: bool) -> Iterator[None]:
    """Show the log of the run with this name while it lasts."""
    handler = _Handler(run, as_json)
    propagate, LOG.propagate = LOG.propagate, False
    LOG.addHandler(handler)
    try:
        with handler.bar:
            yield
    finally:
        LOG.removeHandler(handler)
        LOG.propagate = propagate
