"""The command line. Standard output is data, standard error is log.

Exit codes: 0 all good; 1 finished, but a file failed or something is missing; 2 wrong usage; 3 stopped before it
published, because the tables would lose too much; 4 a defect of ours ended the run. What is missing in the review site
counts like a missing row.
"""

from __future__ import annotations

import logging
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

# Every command loads what it needs: `findings --help` shall not wait for pandas, spaCy or Prefect.
if TYPE_CHECKING:
    from flows.report import Report
    from flows.run import Request

SHOWN_ERRORS = 30
PREFECT = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_API_REQUEST_TIMEOUT": "20",
    "PREFECT_CLIENT_MAX_RETRIES": "2",
}
"""Settings of Prefect in a run, where the environment says nothing else: nothing reports to its makers, and a server
that hangs is given up after a minute, not after six."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Chapters of the Findings on the Worst Forms of Child Labor as validated, cited tables.",
)
Output = Annotated[Path, typer.Option(help="Folder of the published tables.")]
Paths = Annotated[
    list[Path] | None, typer.Argument(help="Chapters (.pdf, .txt) or folders of them; raw/ if none is given.")
]
Workers = Annotated[int, typer.Option(min=0, help="Processes that read files; 0 is one for each core.")]
Years = Annotated[
    list[int] | None, typer.Option("--year", help="Change chapters of this report year only; repeatable.")
]
Countries = Annotated[
    list[str] | None,
    typer.Option("--country", help="Change chapters of this country only (ISO 3166 alpha-3); repeatable."),
]
Site = Annotated[bool, typer.Option("--site", help="Also build the review site, in the folder site of the output.")]
Spreadsheets = Annotated[
    bool, typer.Option("--spreadsheets", help="Also write CSV files that are safe to open in a spreadsheet.")
]


class Runner(StrEnum):
    """What reads the files."""

    LOCAL = "local"
    DASK = "dask"


@app.command()
def run(
    paths: Paths = None,
    output: Output = Path("output"),
    workers: Workers = 0,
    force: Annotated[bool, typer.Option("--force", help="Read again what has not changed since the last run.")] = False,
    year: Years = None,
    country: Countries = None,
    allow_loss: Annotated[
        bool, typer.Option("--allow-loss", help="Publish even if tables lose a large share of their rows.")
    ] = False,
    spreadsheets: Spreadsheets = False,
    site: Site = False,
    seconds: Annotated[float, typer.Option(min=0.1, help="The longest time for the reading of one file.")] = 300,
    megabytes: Annotated[int, typer.Option(min=256, help="The most memory for the reading of one file.")] = 2048,
    runner: Annotated[Runner, typer.Option(help="Read files in processes of this machine, or on a Dask cluster.")] = (
        Runner.LOCAL
    ),
    address: Annotated[
        str,
        typer.Option(help="Dask scheduler, such as tcp://10.0.0.5:8786; if not given, a cluster is started."),
    ] = "",
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for a run that writes to the same output.")] = 0,
    json: Annotated[
        bool, typer.Option("--json", help="Log lines as JSON, and the report as JSON on standard output.")
    ] = False,
) -> None:
    """Read chapters and publish their tables.

    Exit code 0: all good. 1: finished, but a file failed, some rows or tables are missing, or with --site the review
    site is not whole; what, is listed at the end. 2: wrong usage. 3: stopped before publishing, because the tables
    would lose too much. 4: a defect of ours ended the run.

    Examples: findings run; findings run chapters/2019 --workers 2; findings run Arvenia.pdf --output arvenia
    """
    from flows.plan import Selection
    from flows.run import Request

    selection = Selection(frozenset(year or ()), frozenset(code.upper() for code in country or ()))
    request = Request(
        tuple(paths or [Path("raw")]),
        output,
        workers,
        force,
        selection,
        allow_loss,
        spreadsheets,
        seconds,
        megabytes,
        wait,
        site=site,
    )
    if address and runner is not Runner.DASK:
        raise _usage("--address is of a Dask cluster: --runner dask")
    report, told = _run(request, json, runner, address)
    _print_report(report, output, json)
    if not told:
        # Prefect would now try, for each event of the run that it holds, ten times to reach the server that is gone.
        sys.stdout.flush()
        os._exit(report.exit_code)
    raise typer.Exit(report.exit_code)


@app.command()
def serve(
    paths: Paths = None,
    output: Output = Path("output"),
    weekly: Annotated[str, typer.Option(help="When to look for new chapters, as cron says it.")] = "0 6 * * 1",
    timezone: Annotated[str, typer.Option(help="The time zone of all schedules.")] = "America/New_York",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the server that it starts.")] = 4200,
) -> None:
    """Start runs when they are due, and show them on a page, until ended.

    Serves the deployments weekly, yearly and backfill to the Prefect server at PREFECT_API_URL; without one, to a
    server of its own on the loopback address.
    """
    from flows.schedule import NoServer, Unscheduled, deployments
    from flows.schedule import serve as serve_deployments

    try:
        serve_deployments(deployments(paths or [Path("raw")], output, weekly, timezone), port)
    except (NoServer, Unscheduled) as error:
        raise _usage(str(error)) from error


@app.command()
def site(
    output: Output = Path("output"),
    to: Annotated[Path | None, typer.Option("--site", help="Where to build it; OUTPUT/site if not said.")] = None,
    sources: Annotated[
        list[Path] | None, typer.Option(help="Folder that holds the chapters, if they were moved; repeatable.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that build; 0 is one for each core.")] = 0,
) -> None:
    """Build the review site: every published value beside the page on which it stands.

    Exit code 0: every page is there. 1: built, but a page or the picture of a source is missing; which, is listed at
    the end. 2: wrong usage.
    """
    import review
    from flows.publish import OutputInUse

    try:
        report = review.build(
            output, to, sources=sources or (), workers=workers, log=lambda line: typer.echo(line, err=True)
        )
    except (review.NotPublished, OutputInUse) as error:
        raise _usage(str(error)) from error
    except OSError as error:
        raise _usage(f"cannot write the site: {error.strerror or error}") from error
    for fault in report.faults:
        typer.echo(f"SITE {fault}")
    typer.echo(report.sentence())
    raise typer.Exit(1 if report.faults else 0)


@app.command()
def show(
    doc_id: Annotated[str, typer.Argument(help="Chapter, for example xav-2019.")],
    table: Annotated[str | None, typer.Argument(help="One table; without it, the chapter's main tables.")] = None,
    output: Output = Path("output"),
) -> None:
    """Show a published chapter in the terminal."""
    from rich.console import Console

    from flows.publish import OutputBlocked
    from flows.show import NotPublished
    from flows.show import show as show_chapter

    try:
        show_chapter(doc_id, table, output, Console())
    except (NotPublished, OutputBlocked) as error:
        raise _usage(str(error)) from error


@app.command()
def export(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="bibtex, or csl (CSL JSON).")],
    doc_id: Annotated[str | None, typer.Argument(help="Chapter, for example xav-2019; without it, all.")] = None,
    output: Output = Path("output"),
) -> None:
    """Print the cited sources for a reference manager."""
    from flows.export import Format
    from flows.export import export as export_sources
    from flows.publish import OutputBlocked
    from flows.show import NotPublished

    if form not in list(Format):
        raise _usage(f"no format {form}; there are {', '.join(Format)}")
    try:
        typer.echo(export_sources(Format(form), doc_id, output), nl=False)
    except (NotPublished, OutputBlocked) as error:
        raise _usage(str(error)) from error


@app.command()
def dictionary() -> None:
    """Print the data dictionary: every table, column and code."""
    import schemas

    typer.echo(schemas.dictionary(), nl=False)


def _run(request: Request, as_json: bool, runner: Runner, address: str) -> tuple[Report, bool]:
    """The run, with its log on standard error, and whether Prefect, if asked, knows how it ended.

    What makes a run impossible is wrong usage, not a failure; what nobody foresaw is neither, and leaves its traceback.
    """
    from flows.progress import progress
    from flows.publish import OutputBlocked, OutputInUse
    from flows.run import run as do
    from flows.safety import UnsafeParser
    from flows.sources import NoSources

    try:
        with progress(request.name, as_json):
            if runner is Runner.LOCAL and not os.environ.get("PREFECT_API_URL"):
                return do(request), True
            _set_up_prefect(as_json)
            return _on_dask(request, address) if runner is Runner.DASK else _under_prefect(request)
    except (NoSources, OutputInUse, OutputBlocked, UnsafeParser) as error:
        raise _usage(str(error)) from error
    except OSError as error:
        raise _usage(_refused(error, request.output)) from error
    except typer.Exit:
        raise
    except Exception as error:
        import traceback

        traceback.print_exc()
        typer.echo("findings: a defect of ours ended the run; please report it with the lines above", err=True)
        raise typer.Exit(4) from error


def _refused(error: OSError, output: Path) -> str:
    """What the system did not do: it is about the output only if the file that it names is in it or above it."""
    from flows.publish import OutputReplaced

    reason = error.strerror or str(error)
    place = Path(str(error.filename)) if error.filename is not None else None
    about_output = place and (place.is_relative_to(output) or output.is_relative_to(place))
    if about_output or isinstance(error, OutputReplaced):
        return f"cannot write to {output}: {reason}"
    return f"cannot go on: {f'{place}: ' if place else ''}{reason}"


def _under_prefect(request: Request, *cluster: str) -> tuple[Report, bool]:
    """The same run as a flow that reports to the server at PREFECT_API_URL."""
    from flows.pipeline import report_of

    return report_of(request, *cluster)


def _on_dask(request: Request, address: str) -> tuple[Report, bool]:
    """The same flow, with a Dask cluster that reads the files."""
    try:
        from flows.cluster import ClusterUnusable, server
    except ModuleNotFoundError as error:
        raise _usage(f"--runner dask needs {error.name}: pip install 'ilab-findings[dask]'") from error
    from flows.schedule import NoServer

    try:
        with server(address):
            return _under_prefect(request, Runner.DASK.value, address)
    except (ClusterUnusable, NoServer) as error:
        raise _usage(str(error)) from error


def _set_up_prefect(as_json: bool) -> None:
    """Prefect reads its settings when it is imported."""
    for name, value in PREFECT.items():
        os.environ.setdefault(name, value)
    if as_json:  # Prefect writes lines of its own to standard error, and complains there of logs that it cannot send
        os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
        logging.raiseExceptions = False


def _usage(message: str) -> typer.Exit:
    typer.echo(f"findings: {message}", err=True)
    return typer.Exit(2)


def _print_report(report: Report, output: Path, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps(report.to_dict(), ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True)
    if report.stopped:
        console.print("Stopped before publishing; the output is as it was. If this is meant: --allow-loss")
    elif not report.published:
        console.print(f"Nothing was published; the output is as it was. {report.obstacle}".rstrip())
    elif report.unchanged:
        console.print(f"Nothing has changed since the tables in {output}/tables were published.", highlight=False)
    else:
        grid = Table("table", title="Published", title_justify="left")
        grid.add_column("rows", justify="right")
        for name, count in report.rows.items():
            grid.add_row(name, str(count))
        console.print(grid)
        findings = ", ".join(f"{count} {severity}" for severity, count in report.findings.items())
        console.print(f"Findings: {findings} (table quality)", highlight=False)
        console.print(f"Files: {output}/tables, {output}/findings.duckdb, {output}/run.json", highlight=False)
    lines = [f"LOSS {loss}" for loss in report.stopped] + [f"FAILED {failure}" for failure in report.failures]
    lines += [f"RETIRED {doc_id}: no file of this run holds the chapter any more" for doc_id in report.retired]
    lines += [
        f"MISSING {error['doc_id']} {error['table']}: {error['check']}: {error['message']}"
        for error in report.errors[:SHOWN_ERRORS]
    ]
    for line in lines:
        console.print(line, markup=False, highlight=False)
    if len(report.errors) > SHOWN_ERRORS:
        console.print(f"… and {len(report.errors) - SHOWN_ERRORS} more: see the errors in table quality")
    for fault in report.site_faults:
        console.print(f"SITE {fault}", markup=False, highlight=False)
    if report.site:
        console.print(f"Review site: {report.site}", markup=False, highlight=False)
    console.print(report.sentence(), highlight=False)
