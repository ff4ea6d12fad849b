"""The steps of a run as Prefect tasks, and what happens to them when the Prefect server goes away.

Every task may run twice without harm: what has been read is found in the ledger, and what is published or built is not
made again. So a step whose task failed because of the server is simply done again without it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from prefect import runtime, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import PrefectException
from prefect.futures import as_completed
from prefect.logging.handlers import APILogHandler
from prefect.states import Failed
from prefect.utilities.annotations import quote

from flows import artifacts
from flows import fetch as fetching
from flows import run as steps
from flows.log import LOG, Lines, log_line
from flows.plan import ReadJob
from flows.publish import OutputInUse, OutputReplaced
from flows.reading import Extracted, in_child, read_file
from flows.releases import Choice
from flows.report import Failure, FileFailed, Report, counted
from flows.request import Request
from flows.run import Steps
from flows.workers import START_SECONDS, Workers

if TYPE_CHECKING:
    from flows.cluster import Cluster
    from flows.corrections import Correction
    from flows.making import Making
    from review import SiteReport

TRANSIENT = ("WorkerDied", "NotKept")
"""Failures of a file that a second attempt may not meet: its process was killed, the disk was full."""
HOUR = 3600.0


def _may_pass(_: Any, __: Any, state: Any) -> bool:
    """Whether a second attempt can help: trouble of the machine may pass, trouble of a file does not."""
    error = state.result(raise_on_failure=False)
    if isinstance(error, FileFailed):
        return error.failure.kind in TRANSIENT
    return isinstance(error, OSError | OutputInUse) and not isinstance(error, OutputReplaced)


class _WithoutThreadWarning(logging.Filter):
    """Drops Prefect's warning that it cannot interrupt a thread: the pool of processes ends a call in time itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "running in a worker thread" not in record.getMessage()


logging.getLogger("prefect.task_runs").addFilter(_WithoutThreadWarning())
RETRY: dict[str, Any] = {"retries": 1, "retry_delay_seconds": 2, "retry_condition_fn": _may_pass}


@task(task_run_name="read {job.file.source_path}", tags={"read"}, cache_policy=NO_CACHE, **RETRY)
def read_chapter(job: ReadJob, pool: Workers, rules: Path | None) -> Any:
    """Read one file in a child process. The state of a file that fails has the reason, without a traceback."""
    result = read_file(job, in_child(pool, rules))
    return Failed(message=str(result), data=FileFailed(result)) if isinstance(result, Failure) else result


@task(task_run_name="fetch into {request.to}", tags={"fetch"}, timeout_seconds=6 * HOUR, cache_policy=NO_CACHE, **RETRY)
def fetch(request: fetching.FetchRequest) -> fetching.FetchReport:
    """Store what is new on the publisher's site; what an earlier attempt has stored is not sent again."""
    return fetching.fetch(request)


def _given(name: str) -> Any:
    """A parameter of the task whose name is made; Prefect shows it as it was handed over, in a ``quote``."""
    value = runtime.task_run.parameters[name]
    return value.unwrap() if isinstance(value, quote) else value


def _validate_name() -> str:
    return f"validate {counted(len(_given('chosen')), 'chapter')}"


def _publish_name() -> str:
    return f"publish {counted(_given('report').chapters, 'chapter')}"


@task(task_run_name=_validate_name, tags={"validate"}, timeout_seconds=HOUR, cache_policy=NO_CACHE)
def validate(making: "Making", chosen: list[tuple[Choice, Extracted]], lines: Any, kept: set[str]) -> Any:
    """Check all chapters against the schemas. The same chapters give the same result, so nothing is tried again."""
    return steps.validate_chapters(making, chosen, lines, kept)


@task(
    task_run_name=_publish_name,
    tags={"publish"},
    timeout_seconds=HOUR,
    cache_policy=NO_CACHE,
    **RETRY,
)
def publish(making: "Making", report: Report, request: Request) -> None:
    """Publish the tables and the run's facts."""
    steps.publish_tables(making, report, request)


@task(
    task_run_name="build the site in {request.output}",
    tags={"site"},
    timeout_seconds=6 * HOUR,
    cache_policy=NO_CACHE,
    **RETRY,
)
def build_site(request: Request) -> Any:
    """Build the review site of the published run."""
    return steps.build_site(request)


@dataclass
class Tasks(Steps):
    """The steps as Prefect tasks, as long as Prefect can be reached; files are read on the cluster if there is one."""

    cluster: "Cluster | None" = None
    reachable: bool = True

    def read(
        self, jobs: list[ReadJob], pool: Workers, count: int, request: Request
    ) -> Iterator[tuple[ReadJob, Extracted | Failure]]:
        """The result of each file, in the order in which they finish."""
        if self.cluster:
            jobs = yield from self.cluster.read(jobs, pool, count)
        # The pool ends a call that takes too long. This limit holds if that fails, also while a file waits for others.
        reader = read_chapter.with_options(timeout_seconds=4 * (request.seconds + START_SECONDS))
        waiting: dict[Any, ReadJob] = {reader.submit(job, pool, request.rules): job for job in jobs}
        left: list[ReadJob] = []
        future: Any
        for future in as_completed(list(waiting)):
            job = waiting[future]
            result = None if future.wrapped_future.cancelled() else future.result(raise_on_failure=False)
            if result is None or is_about_prefect(result):
                left.append(replace(job, read=not job.entry.exists()))
                self._lost(result, waiting)
            elif isinstance(result, Extracted):
                yield job, result
            else:
                yield job, Failure.of(job.file.source_path, result)
        yield from Steps.read(self, left, pool, count, request)

    def fetch(self, request: fetching.FetchRequest) -> fetching.FetchReport:
        """Store what is new on the publisher's site."""
        report: fetching.FetchReport = self._do(fetch, fetching.fetch, request)
        return report

    def validate(
        self, making: "Making", chosen: list[tuple[Choice, Extracted]], lines: "list[Correction]", kept: set[str]
    ) -> list[Failure]:
        """Check all chapters against the schemas."""
        failed: list[Failure] = self._do(validate, steps.validate_chapters, making, chosen, lines, kept)
        return failed

    def publish(self, making: "Making", report: Report, request: Request) -> None:
        """Publish the tables and the run's facts."""
        self._do(publish, steps.publish_tables, making, report, request)

    def build_site(self, request: Request) -> "SiteReport":
        """Build the review site of the published run."""
        built: SiteReport = self._do(build_site, steps.build_site, request)
        return built

    def describe(self, report: Report, output: Path) -> None:
        """Add the artifacts to the page of the run: what came in, what went out, what is wrong, what changed."""
        about = artifacts.DESCRIPTIONS
        summary = artifacts.summary(report, output)
        self._ask(partial(create_markdown_artifact, summary, "run-summary", about["run-summary"]))
        for key, rows in artifacts.tables(report, output).items():
            self._ask(partial(create_table_artifact, rows, key, about[key]))

    def _do(self, named: Any, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of the task, or of its function if Prefect cannot be reached. Raises what the function raises."""
        state = self._ask(partial(named, *map(quote, arguments), return_state=True))
        result = state.result(raise_on_failure=False) if state else None
        if state is None or is_about_prefect(result):
            self._lost(result)
            return function(*arguments)
        if isinstance(result, Exception):
            raise result
        return result

    def _ask(self, call: Callable[[], Any]) -> Any:
        """What Prefect answers; nothing once it cannot be reached."""
        if not self.reachable:
            return None
        try:
            return call()
        except Exception as error:
            self._lost(error)
            return None

    def _lost(self, error: Any, waiting: Any = ()) -> None:
        """Go on without Prefect: log it once, and start none of the tasks that wait."""
        if self.reachable:
            log_line(logging.WARNING, "run", "prefect", f"cannot be reached, the run goes on without it: {error!r}")
        self.reachable = False
        for future in waiting:
            future.wrapped_future.cancel()


def is_about_prefect(error: Any) -> bool:
    """Whether an error means that the server cannot be reached or does not work, and says nothing about the run."""
    causes = [error]
    while isinstance(causes[-1], BaseException) and (causes[-1].__cause__ or causes[-1].__context__):
        causes.append(causes[-1].__cause__ or causes[-1].__context__)
    return any(isinstance(cause, httpx.HTTPError | PrefectException) for cause in causes) or (
        isinstance(error, RuntimeError) and "Prefect" in str(error)
    )


@contextmanager
def log_on_the_page(run: str) -> Iterator[None]:
    """Send our log lines to the page of the run; Prefect sends only those of its own loggers unless asked."""
    handler = APILogHandler()
    handler.setFormatter(Lines(run, stamped=False))
    LOG.addHandler(handler)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
