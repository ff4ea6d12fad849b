"""The command line. Exit codes: 0 all good; 1 finished, but a file failed or something is missing; 2 wrong usage."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import schemas
from flows.report import Report
from flows.show import NotPublished
from flows.show import show as show_chapter
from flows.sources import NoSources, find_sources

SHOWN_ERRORS = 30

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Chapters of the Findings on the Worst Forms of Child Labor as validated, cited tables.",
)
Output = Annotated[Path, typer.Option(help="Folder of the published tables.")]


@app.command()
def run(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Chapters (.pdf, .txt) or folders of them; raw/ if none is given.")
    ] = None,
    output: Output = Path("output"),
    workers: Annotated[int, typer.Option(min=0, help="Processes that read files; 0 is one for each core.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Read again what has not changed since the last run.")] = False,
) -> None:
    """Read chapters and publish their tables.

    Exit code 0: all good. 1: finished, but a file failed or some rows or tables are missing; what, is listed at the
    end. 2: wrong usage.

    Examples: findings run; findings run chapters/2019 --workers 2; findings run Arvenia.pdf --output arvenia
    """
    where = paths or [Path("raw")]
    try:
        files = len(find_sources(where))
    except NoSources as error:
        raise _usage(str(error)) from error
    try:
        _embed_prefect(output)
    except OSError as error:
        raise _usage(f"cannot write to {output}: {error.strerror}") from error
    # Prefect reads its settings when it is imported, and is not needed for the other commands.
    from flows.pipeline import ingest, threads
    from flows.publish import OutputBlocked, OutputInUse
    from flows.workers import cores

    count = workers or cores()
    flow = ingest.with_options(task_runner=threads(count))
    with _Progress(files):
        state: Any = flow([str(path) for path in where], str(output), count, force, return_state=True)
    result = state.result(raise_on_failure=False)
    if isinstance(result, OutputInUse | OutputBlocked):
        raise _usage(str(result))
    if isinstance(result, BaseException):
        raise result
    report = Report.from_dict(result)
    _print_report(report, output, Console(soft_wrap=True))
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def show(
    doc_id: Annotated[str, typer.Argument(help="Chapter, for example xav-2019.")],
    table: Annotated[str | None, typer.Argument(help="One table; without it, the chapter's main tables.")] = None,
    output: Output = Path("output"),
) -> None:
    """Show a published chapter in the terminal."""
    try:
        show_chapter(doc_id, table, output, Console())
    except NotPublished as error:
        raise _usage(str(error)) from error


@app.command()
def dictionary() -> None:
    """Print the data dictionary: every table, column and code."""
    typer.echo(schemas.dictionary(), nl=False)


def _usage(message: str) -> typer.Exit:
    typer.echo(f"findings: {message}", err=True)
    return typer.Exit(2)


def _embed_prefect(output: Path) -> None:
    """Let Prefect run inside this command, quietly and in its own folder, unless a server is named.

    With PREFECT_API_URL set the same flow reports to that server and its settings are the user's.
    """
    settings = {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "findings",
    }
    if not os.environ.get("PREFECT_API_URL"):
        home = (output / ".prefect").resolve()
        home.mkdir(parents=True, exist_ok=True)
        settings |= {
            "PREFECT_HOME": str(home),
            "PREFECT_LOGGING_LEVEL": "CRITICAL",
            "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
            "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        }
    for name, value in settings.items():
        os.environ.setdefault(name, value)


class _Progress(logging.Handler):
    """The run's log lines on standard error; on a terminal a bar stands below them."""

    def __init__(self, files: int) -> None:
        super().__init__(logging.INFO)
        self._console = Console(stderr=True, soft_wrap=True)
        self._bar = Progress(
            TextColumn("reading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("files", total=files)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(self.format(record), markup=False, highlight=False)
        if getattr(record, "file_done", False):
            self._bar.advance(self._task)

    def __enter__(self) -> None:
        logger = logging.getLogger("findings")
        logger.propagate = False
        logger.addHandler(self)
        self._bar.start()

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
        logging.getLogger("findings").removeHandler(self)


def _print_report(report: Report, output: Path, console: Console) -> None:
    if report.published:
        grid = Table("table", title="Published", title_justify="left")
        grid.add_column("rows", justify="right")
        for name, count in report.rows.items():
            grid.add_row(name, str(count))
        console.print(grid)
        findings = ", ".join(f"{count} {severity}" for severity, count in report.findings.items())
        console.print(f"Findings: {findings} (table quality)", highlight=False)
        console.print(f"Files: {output}/tables, {output}/findings.duckdb, {output}/run.json", highlight=False)
    else:
        console.print("Nothing was published; the output is as it was.")
    for failure in report.failures:
        console.print(f"FAILED {failure}", markup=False, highlight=False)
    for error in report.errors[:SHOWN_ERRORS]:
        line = f"MISSING {error['doc_id']} {error['table']}: {error['check']}: {error['message']}"
        console.print(line, markup=False, highlight=False)
    if len(report.errors) > SHOWN_ERRORS:
        console.print(f"… and {len(report.errors) - SHOWN_ERRORS} more: see the errors in table quality")
    console.print(report.sentence(), highlight=False)
