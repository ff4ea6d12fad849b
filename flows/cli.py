"""The command line. Standard output is data, standard error is log.

Exit codes: 0 all good; 1 finished, but a file failed, an error is not acknowledged, or the review site lacks something;
2 wrong usage, such as a selection of no chapter; 3 stopped before publishing, because the tables would lose too many
rows; 4 a defect in findings ended the run; 128 and the number of a signal that ended it (130 Ctrl-C, 143 SIGTERM).
"""

from __future__ import annotations

import gc
import inspect
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.report import counted, listed
from flows.request import Request
from flows.rules_cli import app as rules_app
from flows.tables_cli import WORDING, Output
from flows.tables_cli import app as tables_app
from flows.terminal import Commands, say, usage, writing

# Every command imports what it needs: `findings --help` must not wait for pandas, spaCy or Prefect.
if TYPE_CHECKING:
    from flows.report import Report

SHOWN_ERRORS, SHOWN_FAILURES = 30, 200
MAKING, RUNNING = "Make tables", "Schedules and records"
"""Groups of commands in the help, with those of ``tables_cli``."""
COLOURS = {**dict.fromkeys(("DAMAGED", "FAILED", "LOSS"), "red"), **dict.fromkeys(("MISSING", "STALE"), "yellow")}
"""Of the lines that name what is wrong, on a terminal, by their first word."""
PREFECT = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_API_REQUEST_TIMEOUT": "20",
    "PREFECT_CLIENT_MAX_RETRIES": "2",
}
"""Settings of Prefect in a run, unless the environment has others: no usage statistics, and a server that hangs is
given up after one minute, not after six."""


class App(typer.Typer):
    """The command line as a program of its own."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Run the command that the process was started with. A name that is not UTF-8 may be that of a file only."""
        from flows.terminal import prepare_streams
        from flows.workers import COLLECTED

        prepare_streams()
        gc.set_threshold(COLLECTED)
        try:
            return super().__call__(*arguments, **named)
        except UnicodeEncodeError:
            from flows.sources import printable

            wrong = [printable(word) for word in sys.argv if not word.isascii() and printable(word) != word]
            if not wrong:
                raise
            say(f"{', '.join(wrong)} is not UTF-8, and nothing has such a name")
            raise SystemExit(2) from None
        except SystemExit as end:
            _end_at_once(end.code)
            raise


def _end_at_once(code: int | str | None) -> None:
    """End the process as ``SystemExit`` does, without taking apart all that pandas and others have made: a fifth of a
    second. Not where Prefect is loaded, which sends its last lines when a process ends, or where output is refused."""
    if "prefect" in sys.modules or isinstance(code, str):
        return
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


app = App(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Chapters of the Findings on the Worst Forms of Child Labor as validated, cited tables.",
)
app.add_typer(rules_app, name="rules", rich_help_panel=WORDING)
app.add_typer(tables_app)


def _show_version(wanted: bool) -> None:
    if not wanted:
        return
    from flows.version import version

    typer.echo(f"findings {version()}")
    raise typer.Exit()


@app.callback()
def prepare(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(envvar="FINDINGS_CONFIG", help="File of settings; findings.toml in this folder if it is there."),
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print version and git commit."),
    ] = False,
) -> None:
    """Chapters of the Findings on the Worst Forms of Child Labor as validated, cited tables."""
    from flows import settings

    context.obj = settings.load(config), config
    context.default_map = settings.for_commands(context.command, context.obj[0])


Paths = Annotated[
    list[Path] | None, typer.Argument(help="Chapters (.pdf, .txt, .html) or folders of them; raw/ if none is given.")
]

SINGULAR = {"years": "--year", "countries": "--country"}
"""Options that are repeated, once for each item of a field."""


def takes_request(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the fields of :class:`flows.request.Request` as options; it is called with ``request``."""
    own = inspect.signature(command, eval_str=True).parameters
    fields = {name: field for name, field in Request.model_fields.items() if name != "name"}

    def call(**options: Any) -> None:
        given = {name: options.pop(name) for name in fields}
        command(request=_request(given), **options)

    parameters = [_option(name, field) for name, field in fields.items()]
    parameters += [parameter for name, parameter in own.items() if name != "request"]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__name__, call.__doc__ = command.__name__, command.__doc__
    return call


def _option(name: str, field: Any) -> inspect.Parameter:
    """One field of a request as a parameter that Typer understands."""
    kind, default = field.annotation, field.default
    least = next((limit.ge for limit in field.metadata if hasattr(limit, "ge")), None)
    spelled = SINGULAR.get(name, f"--{name.replace('_', '-')}")
    how: Any = typer.Option(spelled, min=least, help=field.description)
    if isinstance(default, tuple):
        kind, default = list[kind.__args__[0]] | None, None  # type: ignore[name-defined]
    if name == "paths":
        how = typer.Argument(help=field.description)
    return inspect.Parameter(
        name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=Annotated[kind, how]
    )


def _request(options: dict[str, Any]) -> Request:
    """The request of these options; an option that is not given has the field's default. Wrong ones exit with 2."""
    from pydantic import ValidationError

    try:
        return Request(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        raise usage("; ".join(one["msg"].removeprefix("Value error, ") for one in error.errors())) from error


@app.command(rich_help_panel=MAKING)
@takes_request
def run(
    request: Request,
    prefect: Annotated[
        bool,
        typer.Option(
            "--prefect", help="Record the run in Prefect, with a server for this run; findings ui shows the record."
        ),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Log lines as JSON, and the report as JSON on standard output.")
    ] = False,
) -> None:
    """Read chapters and publish their tables.

    Exit code 0: all good. 1: finished, but a file failed, some rows or tables are missing, or with --site the review
    site is incomplete; the list at the end names them. 2: wrong usage, or no file holds a chapter of --year and
    --country. 3: stopped before publishing, because the tables would lose too many rows. 4: a defect in findings ended
    the run.

    Examples: findings run; findings run chapters/2019 --workers 2; findings run Arvenia.pdf --output arvenia
    """
    report, known = _run(request, json, prefect)
    _print_report(report, request.output, json)
    if not known:
        # Prefect would now try ten times for each event of the run to reach the server that has gone away.
        sys.stdout.flush()
        os._exit(report.exit_code)
    raise typer.Exit(report.exit_code)


@app.command(rich_help_panel=RUNNING)
def ui(
    output: Output = Path("output"),
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the pages, on this machine only.")] = 4200,
) -> None:
    """Show the recorded runs of an output folder (findings run --prefect) in a browser, until Ctrl-C."""
    from flows.server import home_of, home_server

    home = home_of(output)
    if not home.is_dir():
        raise usage(f"no run is recorded in {output}; record one with: findings run --prefect --output {output}")
    typer.echo("Starting Prefect's server, which takes some seconds", err=True)
    try:
        with home_server(home, port) as server:
            typer.echo(f"The runs of {output} are at {server.url.removesuffix('/api')}/runs (Ctrl-C ends the server)")
            typer.echo(f"The password is in {home / 'password'}, which only you can read")
            threading.Event().wait()
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@app.command(rich_help_panel=RUNNING)
def serve(
    paths: Paths = None,
    output: Output = Path("output"),
    weekly: Annotated[str, typer.Option(help="When to look for new chapters, as a cron line.")] = "0 6 * * 1",
    timezone: Annotated[str, typer.Option(help="The time zone of all schedules.")] = "America/New_York",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the server that it starts.")] = 4200,
    instance: Annotated[
        str, typer.Option(help="Name of this installation, if several use one server; added to the deployments' names.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace deployments of the same name with other paths or output.")
    ] = False,
    notify: Annotated[
        str,
        typer.Option(
            envvar="FINDINGS_NOTIFY", help="Web or e-mail address to tell when a run failed, crashed or is late."
        ),
    ] = "",
) -> None:
    """Start runs when they are due, and show them in a browser, until ended.

    Serves the deployments weekly, yearly, backfill and fetch-and-run to the Prefect server at PREFECT_API_URL; without
    it, to a server of its own on the loopback address, with a password that is printed once. Requests may choose
    chapters, but no other paths and no other output than those given here.
    """
    from flows.places import require_safe_output
    from flows.schedule import deployments
    from flows.schedule import serve as serve_deployments
    from flows.server import home_of

    require_safe_output(output)
    served = deployments(paths or [Path("raw")], output, weekly, timezone, instance)
    serve_deployments(served, home_of(output), port, lambda line: typer.echo(line, err=True), replace, notify)


@app.command(name="notify", rich_help_panel=RUNNING)
def tell(
    address: Annotated[
        str,
        typer.Argument(
            envvar="FINDINGS_NOTIFY", help="Web address that gets a POST with JSON, or mailtos://… for an e-mail."
        ),
    ],
) -> None:
    """Let the Prefect server at PREFECT_API_URL tell an address of runs that have failed, crashed or are late.

    May be repeated: the address replaces the one before.
    """
    from flows.notify import tell as tell_address

    if not os.environ.get("PREFECT_API_URL"):
        raise usage("PREFECT_API_URL names no server; for that of findings serve use its option --notify")
    tell_address(address)
    typer.echo("The server tells this address of runs that have failed, crashed or are late")


@app.command(rich_help_panel=MAKING)
def fetch(
    to: Annotated[Path, typer.Option(help="Folder of the stored files.")] = Path("raw"),
    year: Annotated[
        list[int] | None, typer.Option(help="Files of this report year only; repeatable. Without it, what is current.")
    ] = None,
    country: Annotated[
        list[str] | None, typer.Option(help="Files of this country only (ISO 3166 alpha-3); repeatable.")
    ] = None,
    publisher: Annotated[
        Path | None, typer.Option(help="File of addresses and limits in place of flows/publisher.yml.")
    ] = None,
    contact: Annotated[str, typer.Option(help="Address at which the publisher can reach you, sent along.")] = "",
) -> None:
    """Fetch country pages and PDFs of chapters from the publisher's site. Never tried on the live site.

    Exit code 0: every address gave what it promises. 1: some gave nothing; the list at the end names them. 2: wrong
    usage.
    """
    from pydantic import ValidationError
    from rich.console import Console

    from flows.fetch import INSTALLED, FetchRequest
    from flows.fetch import fetch as fetch_files
    from flows.progress import progress
    from flows.request import new_name

    try:
        request = FetchRequest(
            to=to,
            years=tuple(year or ()),
            countries=tuple(country or ()),
            publisher=publisher or INSTALLED,
            contact=contact,
        )
    except ValidationError as error:
        raise usage("; ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors())) from error
    with writing(f"to {to}"), progress(new_name(), False):
        report = fetch_files(request)
    console = Console(soft_wrap=True)
    for failure in report.failures:
        console.print(f"FAILED {failure}", markup=False, highlight=False)
    console.print(report.sentence(), highlight=False)
    raise typer.Exit(report.exit_code)


@app.command(rich_help_panel=MAKING)
def site(
    output: Output = Path("output"),
    to: Annotated[Path | None, typer.Option("--site", help="Where to build it; OUTPUT/site by default.")] = None,
    sources: Annotated[
        list[Path] | None, typer.Option(help="Folder that holds the chapters, if they were moved; repeatable.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that build; 0 is one for each core.")] = 0,
    no_pictures: Annotated[
        bool, typer.Option("--no-pictures", help="Without pictures of the pages: a third of the size or less.")
    ] = False,
) -> None:
    """Build the review site: every published value beside the page on which it is printed.

    Exit code 0: every page is there. 1: built, but a page or the picture of a source is missing; the list at the end
    names them. 2: wrong usage.
    """
    import review
    from flows.ending import ended_by_signals
    from flows.progress import waiting
    from flows.site import build

    try:
        with writing("the site"), ended_by_signals(say), waiting("looking at the published tables") as log:
            report = build(output, to, sources=sources or (), workers=workers, with_pictures=not no_pictures, log=log)
    except review.CannotBuildSite as error:
        raise usage(str(error)) from error
    for fault in report.faults:
        typer.echo(f"SITE {fault}")
    typer.echo(report.sentence())
    raise typer.Exit(1 if report.faults else 0)


def _run(request: Request, as_json: bool, recorded: bool) -> tuple[Report, bool]:
    """The run, with its log on standard error; and whether Prefect, if it takes part, knows how the run ended.

    What makes a run impossible is wrong usage, not a failure. An unforeseen error is neither, and prints its traceback.
    """
    from flows.safety import require_memory

    require_memory()  # before pandas and Prefect are loaded

    from extractors.rules import RulesError
    from flows.ending import Refused, ended_by_signals
    from flows.places import require_safe_output
    from flows.progress import progress

    try:
        require_safe_output(request.output)  # before the record in Prefect makes a folder in it
        with ended_by_signals(say), progress(request.name, as_json):
            return _start(request, as_json, recorded)
    except (Refused, typer.Exit):
        raise
    except RulesError as error:
        raise usage(str(error)) from error
    except OSError as error:
        raise usage(_refused(error, request.output)) from error
    except Exception as error:
        import traceback

        traceback.print_exc()
        typer.echo("findings: a defect in findings ended the run; please report it with the lines above", err=True)
        raise typer.Exit(4) from error


def _start(request: Request, as_json: bool, recorded: bool) -> tuple[Report, bool]:
    """Run with or without Prefect: with it on a Dask cluster, with a server at PREFECT_API_URL, or if asked for."""
    from flows.run import run as run_without_prefect

    server_is_set = bool(os.environ.get("PREFECT_API_URL"))
    if request.runner == "local" and not server_is_set and not recorded:
        return run_without_prefect(request), True
    if recorded and not server_is_set:
        from flows.server import home_of

        home = home_of(request.output)
        home.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("PREFECT_HOME", str(home))
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "WARNING")  # our own lines say the same
    _set_up_prefect(as_json)
    if request.runner == "dask":
        return _on_dask(request)
    from flows.pipeline import run_as_flow

    return run_as_flow(request) if server_is_set else _recorded(request)


def _recorded(request: Request) -> tuple[Report, bool]:
    """The run as a flow that is recorded beside the output; without Prefect if its server does not start."""
    from flows.log import log_line
    from flows.pipeline import run_as_flow
    from flows.reporting import recorded_in
    from flows.run import run as run_without_prefect
    from flows.server import NoServer

    log_line(logging.INFO, "run", "prefect", "starting a server that records the run, which takes some seconds")
    try:
        with recorded_in(request.output, request.name):
            result = run_as_flow(request)
        log_line(logging.INFO, "run", "prefect", f"recorded; findings ui --output {request.output} shows it")
        return result
    except NoServer as error:
        log_line(logging.WARNING, "run", "prefect", f"cannot be started, the run is done without it: {error}")
        return run_without_prefect(request), True


def _refused(error: OSError, output: Path) -> str:
    """What the system refused. It concerns the output only if the file that it names is in it or above it."""
    from flows.publish import OutputReplaced

    reason = error.strerror or str(error)
    place = Path(str(error.filename)) if error.filename is not None else None
    about_output = place and (place.is_relative_to(output) or output.is_relative_to(place))
    if about_output or isinstance(error, OutputReplaced):
        return f"cannot write to {output}: {reason}"
    return f"cannot go on: {f'{place}: ' if place else ''}{reason}"


def _on_dask(request: Request) -> tuple[Report, bool]:
    """The run as a flow, with a Dask cluster that reads the files."""
    try:
        from flows.cluster import server
    except ModuleNotFoundError as error:
        raise usage(f"--runner dask needs {error.name}; make setup installs it") from error
    from flows.pipeline import run_as_flow

    with server(request.address):
        return run_as_flow(request)


def _set_up_prefect(as_json: bool) -> None:
    """Prefect reads its settings when it is imported."""
    for name, value in PREFECT.items():
        os.environ.setdefault(name, value)
    if as_json:  # Prefect writes its own lines to standard error, also about log lines that it cannot send
        os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
        logging.raiseExceptions = False


def _print_report(report: Report, output: Path, as_json: bool) -> None:
    from rich.console import Console

    from flows.terminal import put

    if as_json:
        import json

        put(json.dumps(report.to_dict(), ensure_ascii=True) + "\n")  # JSON knows no other escapes than its own
        return
    from rich.table import Table

    console = Console()
    console.soft_wrap = not console.is_terminal  # whoever reads a file or a pipe gets each line whole
    if report.stopped:
        console.print("Stopped before publishing; the output is as it was. If the loss is intended: --allow-loss")
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
    for line in _problems(report):
        console.print(line, markup=False, highlight=False, style=COLOURS.get(line.split()[0]))
    if len(report.errors) > SHOWN_ERRORS:
        console.print(f"… and {len(report.errors) - SHOWN_ERRORS} more: see the errors in table quality")
    for fault in report.site_faults:
        console.print(f"SITE {fault}", markup=False, highlight=False)
    if report.other_files:
        names = listed(report.other_files, SHOWN_ERRORS)
        console.print(f"Not read, because no reader takes them: {names}", markup=False, highlight=False)
    if report.site:
        console.print(f"Review site: {report.site}", markup=False, highlight=False)
    console.print(report.sentence(), highlight=False)


def _problems(report: Report) -> list[str]:
    """What the end of a run names: damaged, failed and retired files, losses, and the first errors."""
    repaired = "REPAIRED" if report.published else "DAMAGED"
    more = len(report.failures) - SHOWN_FAILURES
    return [
        *(f"{repaired} {line}" for line in report.damage),
        *(f"LOSS {loss}" for loss in report.stopped),
        *(f"FAILED {failure}" for failure in report.failures[:SHOWN_FAILURES]),
        *([f"FAILED … and {counted(more, 'file')} more: the log names each"] if more > 0 else []),
        *(f"STALE {line}" for line in report.stale_corrections),
        *(f"RETIRED {doc_id}: no file of this run holds the chapter any more" for doc_id in report.retired),
        *(
            f"MISSING {error['doc_id']} {error['table']}: {error['check']}: {error['message']}"
            for error in report.errors[:SHOWN_ERRORS]
        ),
    ]
