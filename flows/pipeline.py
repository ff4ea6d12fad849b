"""The Prefect flow: the steps of :mod:`flows.run` as tasks, one for each file that is read, and the run as artifacts.

The run's own report decides: the flow's state is Completed only where the command would end with 0. A Prefect server
that goes away is no reason to stop: the work goes on, and what it has done is in the output folder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import FailedRun, PrefectException
from prefect.logging.handlers import APILogHandler
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import artifacts
from flows import run as steps
from flows.log import LOG, Lines, say
from flows.plan import Job, Selection
from flows.releases import Choice
from flows.report import Failure, FileFailed, Report
from flows.run import Extracted, Request, Steps
from flows.workers import MEGABYTES, SECONDS, Workers, cores

if TYPE_CHECKING:
    from flows.cluster import Cluster
    from review import SiteReport
    from schemas import Validated

LOCAL, DASK = "local", "dask"
"""Where files are read: in processes of this machine, or on a Dask cluster."""

finished: dict[str, Report] = {}
"""The report of the last run of this process for each output folder: no part of the flow's state, which a server that
has gone away does not take, and in which Prefect takes all but an exception for a failure of its own."""


class _Known(logging.Filter):
    """Leaves out the traceback that a worker's engine logs for every flow that says itself that it failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))


for engine in ("prefect.flow_runs", "prefect.engine"):
    logging.getLogger(engine).addFilter(_Known())


def threads(count: int) -> Any:
    """A task runner whose threads wait for the processes that read, one for each."""
    return ThreadPoolTaskRunner(max_workers=count)


@flow(
    name="findings",
    description="Chapters (PDF or raw text) to validated, cited tables.",
    task_runner=threads(cores()),
)
def ingest(
    paths: list[str],
    output: str = "output",
    workers: int = 0,
    force: bool = False,
    years: list[int] | None = None,
    countries: list[str] | None = None,
    allow_loss: bool = False,
    spreadsheets: bool = False,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
    wait: float = 6 * 3600,
    name: str = "",
    runner: str = LOCAL,
    address: str = "",
    site: bool = False,
) -> Any:
    """Read every chapter under ``paths``, publish the tables in ``output``; the options are those of ``findings run``,
    except that a run that is due waits for one that is not over.

    The state is Completed only if nothing failed and nothing is missing. Raises what :func:`flows.run.run` raises.
    """
    request = Request(
        tuple(Path(path) for path in paths),
        Path(output),
        workers,
        force,
        Selection(frozenset(years or ()), frozenset(country.upper() for country in countries or ())),
        allow_loss,
        spreadsheets,
        seconds,
        megabytes,
        wait,
        **({"name": name} if name else {}),
        site=site,
    )
    tasks = _Tasks(cluster=_cluster(runner, address, request))
    with _lines_on_the_page(request.name):
        report = steps.run(request, tasks)
    finished[output] = report
    tasks.finish(report, Path(output))
    return (Completed if report.exit_code == 0 else Failed)(message=report.sentence())


def _cluster(runner: str, address: str, request: Request) -> Cluster | None:
    if runner == LOCAL:
        return None
    if runner != DASK:
        raise ValueError(f"runner is {LOCAL} or {DASK}, not {runner}")
    from flows.cluster import Cluster  # it needs an extra

    return Cluster(address, request.seconds, request.megabytes)


@contextmanager
def _lines_on_the_page(run: str) -> Iterator[None]:
    """Send our log to the server, whatever started the flow: Prefect's own loggers are all that it sends unasked."""
    handler = APILogHandler()
    handler.setFormatter(Lines(run, stamped=False))
    LOG.addHandler(handler)
    try:
        yield
    finally:
        LOG.removeHandler(handler)


def report_of(request: Request, runner: str = LOCAL, address: str = "") -> tuple[Report, bool]:
    """Run the flow as asked, and give the run's report, also where the server goes away before or during the run, and
    whether Prefect was told how it ended.

    Raises what :func:`flows.run.run` raises and, with a Dask cluster, :class:`flows.cluster.ClusterUnusable`.
    """
    output = str(request.output)
    finished.pop(output, None)
    try:
        state: Any = ingest.with_options(task_runner=threads(request.workers or cores()))(
            [str(path) for path in request.paths],
            output,
            request.workers,
            request.force,
            sorted(request.selection.years),
            sorted(request.selection.countries),
            request.allow_loss,
            request.spreadsheets,
            request.seconds,
            request.megabytes,
            request.wait,
            request.name,
            runner,
            address,
            request.site,
            return_state=True,
        )
        result = state.result(raise_on_failure=False)
    except Exception as error:
        result = error
    report = finished.pop(output, None)
    if report is not None:
        told = isinstance(result, FailedRun) or not isinstance(result, BaseException)
        if not told:
            say(logging.WARNING, "run", "prefect", f"was not told how the run ended: {result!r}")
        return report, told
    if not _of_prefect(result):
        raise result
    say(logging.WARNING, "run", "prefect", f"cannot be reached, the run is done without it: {result!r}")
    return steps.run(request), False


def _of_prefect(error: Any) -> bool:
    """Whether an error says that the server cannot be reached or does not work, and nothing about the run."""
    causes = [error]
    while causes[-1].__cause__ or causes[-1].__context__:
        causes.append(causes[-1].__cause__ or causes[-1].__context__)
    return any(isinstance(cause, httpx.HTTPError | PrefectException) for cause in causes) or (
        isinstance(error, RuntimeError) and "Prefect" in str(error)
    )


@dataclass
class _Call:
    """A step that is to be done once: by a task if Prefect can be reached, else without one."""

    function: Callable[[], Any]
    done: bool = False
    result: Any = None
    error: Exception | None = None

    def do(self) -> None:
        """Do it, and let the task fail where it does."""
        try:
            self.result = self.function()
        except Exception as error:
            self.error = error
        self.done = True
        if self.error:
            raise self.error
        if isinstance(self.result, Failure):
            raise FileFailed(self.result)

    def outcome(self) -> Any:
        """What came of it; it is done now if Prefect has not come to it."""
        if not self.done:
            with suppress(Exception):
                self.do()
        if self.error:
            raise self.error
        return self.result


@task(cache_policy=NO_CACHE)
def step(call: _Call) -> Any:
    """One step of a run, as Prefect sees it. A file that fails is no surprise: its reason is all that is to say."""
    try:
        call.do()
    except FileFailed as failed:
        return Failed(message=str(failed))
    return Completed()


@dataclass
class _Tasks(Steps):
    """The steps as Prefect tasks, as long as Prefect can be reached; files are read on the cluster if there is one."""

    cluster: Cluster | None = None
    reachable: bool = True

    def read(self, jobs: list[Job], pool: Workers, count: int) -> Iterator[tuple[Job, Extracted | Failure]]:
        """Every file's verdict: those of the cluster as they come, then the others in the order of the files."""
        if self.cluster:
            jobs = yield from self.cluster.read(jobs, pool, count)
        calls = [(job, _Call(partial(steps.read_file, job, steps.in_child(pool)))) for job in jobs]
        futures = [
            self._tried(partial(self._named(f"read {job.file.source_path}").submit, call)) for job, call in calls
        ]
        for (job, call), future in zip(calls, futures, strict=True):
            if future is not None:
                self._tried(future.wait)
            yield job, call.outcome()

    def validate(self, chosen: list[tuple[Choice, Extracted]]) -> tuple[Validated, list[Failure]]:
        """All chapters held against the schemas."""
        validated: tuple[Validated, list[Failure]] = self._do("validate", partial(super().validate, chosen))
        return validated

    def publish(self, validated: Validated, report: Report, request: Request) -> None:
        """The tables and the run's facts, visible at one instant."""
        self._do("publish", partial(super().publish, validated, report, request))

    def build_site(self, request: Request) -> SiteReport:
        """The review site of what is published."""
        built: SiteReport = self._do("site", partial(super().build_site, request))
        return built

    def finish(self, report: Report, output: Path) -> None:
        """Tell Prefect what came in, what went out, what is wrong and what changed."""
        told = artifacts.DESCRIPTIONS
        self._tried(
            partial(create_markdown_artifact, artifacts.summary(report, output), "run-summary", told["run-summary"])
        )
        for key, rows in artifacts.tables(report, output).items():
            self._tried(partial(create_table_artifact, rows, key, told[key]))

    def _do(self, name: str, function: Callable[[], Any]) -> Any:
        call = _Call(function)
        self._tried(partial(self._named(name), call, return_state=True))
        return call.outcome()

    @staticmethod
    def _named(name: str) -> Any:
        return step.with_options(name=name.split()[0], task_run_name=lambda: name)

    def _tried(self, function: Callable[[], Any]) -> Any:
        """What Prefect is asked; once it cannot be reached it is not asked again."""
        if not self.reachable:
            return None
        try:
            return function()
        except Exception as error:
            self.reachable = False
            say(logging.WARNING, "run", "prefect", f"cannot be reached, the run goes on without it: {error!r}")
            return None
