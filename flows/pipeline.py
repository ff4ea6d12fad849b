"""The Prefect flow. The run's own report decides: the state is Completed only where the command would exit with 0.

A server that goes away is no reason to stop: the run goes on, and its result is in the output folder.
"""

import logging
from collections.abc import Callable
from typing import Any

from prefect import flow
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows.fetch import FetchReport, FetchRequest
from flows.log import log_line
from flows.report import Report
from flows.request import Request
from flows.run import run
from flows.served import keep_fixed
from flows.tasks import Tasks, is_about_prefect, log_on_the_page
from flows.workers import cores


class MissingResult(Exception):
    """Something is missing; ``report`` says what."""

    def __init__(self, report: Report | FetchReport) -> None:
        self.report = report
        super().__init__(report.sentence())


class IncompleteRun(MissingResult):
    """The run ended with another exit code than 0."""

    report: Report


class IncompleteFetch(MissingResult):
    """Some addresses gave nothing. The run after the fetch was done all the same."""


def make_flow(threads: int, done: Callable[[Report], object] = lambda report: None) -> Any:
    """The flow, with so many threads that wait for reading processes; ``done`` gets the report before Prefect does."""

    @flow(
        name="findings",
        description="Chapters (PDF or raw text) to validated, cited tables.",
        flow_run_name="{request.name}",
        task_runner=ThreadPoolTaskRunner(max_workers=threads),  # type: ignore[arg-type]
    )
    def ingest(request: Request) -> Report:
        """Read the chapters, publish the tables, return the report. Fails with :class:`IncompleteRun` if a file failed
        or something is missing, with what :func:`flows.run.run` raises, and with :class:`flows.served.NotAllowed`."""
        request = keep_fixed(request)
        tasks = Tasks(cluster=_cluster(request))
        with log_on_the_page(request.name):
            report = run(request, tasks)
        done(report)
        tasks.describe(report, request.output)
        if report.exit_code:
            return Failed(message=report.sentence(), data=IncompleteRun(report))  # type: ignore[return-value]
        return Completed(message=report.sentence(), data=report)  # type: ignore[return-value]

    return ingest


ingest = make_flow(cores())


@flow(
    name="findings-fetch",
    description="What is new on the publisher's site, then a run.",
    flow_run_name="{request.name}-fetch",
)
def fetch_and_run(request: Request) -> Report:
    """Fetch into the first of the paths, for the years and countries of the request, then run over all files. Fails
    like :func:`ingest`, and with :class:`IncompleteFetch` if an address gave nothing; raises what
    :func:`flows.fetch.fetch` raises."""
    request = keep_fixed(request)
    with log_on_the_page(request.name):
        wanted = FetchRequest(to=request.paths[0], years=request.years, countries=request.countries)
        fetched = Tasks().fetch(wanted)
    state: Any = ingest(request, return_state=True)
    if fetched.exit_code and state.is_completed():
        message = f"{fetched.sentence()}; {state.message}"
        return Failed(message=message, data=IncompleteFetch(fetched))  # type: ignore[return-value]
    return state  # type: ignore[no-any-return]


def run_as_flow(request: Request) -> tuple[Report, bool]:
    """Run the flow; the report, and whether Prefect knows how the run ended.

    Without a server that answers, the run is done without Prefect. Raises what :func:`flows.run.run` raises and, with a
    Dask cluster, :class:`flows.cluster.ClusterUnusable`.
    """
    if not _can_be_recorded(request):
        log_line(logging.WARNING, "run", "prefect", "records no paths that are not UTF-8; the run is done without it")
        return run(request), True
    reports: list[Report] = []  # a server that goes away at the end takes the flow's result with it
    try:
        state = make_flow(request.workers or cores(), reports.append)(request, return_state=True)
        result = state.result(raise_on_failure=False)
    except Exception as error:
        result = error
    if reports:
        known = isinstance(result, Report | IncompleteRun)
        if not known:
            log_line(logging.WARNING, "run", "prefect", f"does not know how the run ended: {result!r}")
        return reports[0], known
    if not is_about_prefect(result):
        raise result
    log_line(logging.WARNING, "run", "prefect", f"cannot be reached, the run is done without it: {result!r}")
    return run(request), False


def _can_be_recorded(request: Request) -> bool:
    """Whether the request can be sent to a server as JSON: the name of a folder may hold any bytes."""
    try:
        request.model_dump_json()
    except ValueError:
        return False
    return True


def _cluster(request: Request) -> Any:
    if request.runner == "local":
        return None
    from flows.cluster import Cluster  # needs the extra "dask"

    return Cluster(request.address, request.seconds, request.megabytes, request.rules, request.batch)


class _WithoutTraceback(logging.Filter):
    """Drops the traceback that Prefect's engine logs for a run which has already reported that it is incomplete."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], MissingResult))


for engine in ("prefect.flow_runs", "prefect.engine"):
    logging.getLogger(engine).addFilter(_WithoutTraceback())
