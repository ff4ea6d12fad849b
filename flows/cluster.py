"""Reading on a Dask cluster, through prefect-dask: the bytes of files go to a worker, their ledger entries come back.

A task reads some files, one after the other, because a task of Prefect costs as much as the reading of a file.

The cluster needs this package and its extra ``dask`` on every machine, but no shared folder: only the run writes the
ledger and the tables. Files that the cluster does not read, because it is lost or a worker fails for a reason of its
own, are read by the run itself.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from distributed import KilledWorker, Worker, WorkerPlugin, get_worker
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, Failed
from prefect_dask.task_runners import DaskTaskRunner

from extractors.model import UnreadableSource
from extractors.readers.opening import read_file as bytes_of
from extractors.rules.files import overlay_files
from flows import ledger, volumes
from flows.ending import Refused
from flows.log import log_line
from flows.plan import ReadJob
from flows.reading import Extracted, read_file
from flows.report import Failure
from flows.reporting import reporting_to
from flows.server import LOOPBACK
from flows.server import server as prefect_server
from flows.sources import SourceFile
from flows.workers import MEGABYTES, SECONDS, START_SECONDS, Workers

CONNECT_SECONDS = 30
"""How long the scheduler may take to answer."""
WORKER_SECONDS = 60.0
"""How long a cluster may be without a worker, at the start and in mid-run."""
LARGEST = 64_000_000
"""Bytes of the files of one task; a larger file is read where the run is. The largest chapter has 2 million."""


Batch = tuple[ReadJob, ...]
"""The files of one task."""


class ClusterUnusable(Refused):
    """The cluster cannot be used as asked; says why."""


@dataclass(frozen=True)
class Sent:
    """A file on its way to a worker, and the state of the code that is to read it."""

    readers: str
    source_path: str
    sha256: str
    suffix: str
    content: bytes
    state: str


@dataclass(frozen=True)
class Verdict:
    """The result of a file from a worker: the bytes of its ledger entry (none if it is not to be kept), what went wrong
    if anything did, and the seconds and megabytes that the reading took."""

    entry: bytes
    outcome: Failure | volumes.Incomplete | None
    seconds: float
    megabytes: float


class Readers(WorkerPlugin):
    """The child processes of one Dask worker for one run, one for each of its threads; they end with the run.

    ``overlay`` are the files of the run's overlay folder of rules, by name.
    """

    def __init__(self, seconds: float, megabytes: int, overlay: Mapping[str, bytes]) -> None:
        self._limits = (seconds, megabytes)
        self._overlay = dict(overlay)
        self._ended = False

    def setup(self, worker: Worker) -> None:
        """Called by Dask, also on workers that join later."""
        self._address, self._folder = worker.address, worker.local_directory
        self._rules = None
        if self._overlay:
            self._rules = Path(mkdtemp(prefix="rules-", dir=self._folder))
            for name, content in self._overlay.items():
                (self._rules / Path(name).name).write_bytes(content)
        self._state = ledger.reading_state(ledger.code_state(self._rules))
        self._pool = Workers(worker.state.nthreads, *self._limits)

    def teardown(self, worker: Worker) -> None:
        """Called by Dask at the end of the run or of the worker."""
        self._ended = True
        self._pool.__exit__(None, None, None)

    def read(self, sent: Sent) -> Verdict:
        """Read a file in a child process under the limits, as a run does on its own machine."""
        if sent.state != self._state:
            said = f"the Dask worker at {self._address} has other code, rules or packages than this run"
            raise ClusterUnusable(said)
        began = time.perf_counter()
        with TemporaryDirectory(dir=self._folder) as folder:
            path, entry = Path(folder, f"chapter{sent.suffix}"), Path(folder, "verdict.json.gz")
            path.write_bytes(sent.content)
            file = SourceFile(path, sent.source_path, sent.sha256, len(sent.content))
            try:
                outcome = volumes.extract_into(self._pool, file, entry, self._rules)
            except Exception as error:
                if self._ended:  # the child was killed because the worker ends: that says nothing about the file
                    raise
                outcome = Failure.of(sent.source_path, error)
            if isinstance(outcome, volumes.Incomplete):
                entry = ledger.without(entry, outcome.spans)
            kept = entry.read_bytes() if entry.exists() else b""
        return Verdict(kept, outcome, time.perf_counter() - began, self._pool.peak_megabytes)


@task(name="read_chapters", task_run_name="read {names}", tags={"read", "dask"}, cache_policy=NO_CACHE)
def read_on_worker(files: tuple[Sent, ...], names: str) -> Any:
    """Read some files on a worker; their names are shown on the page of the run. Dask itself tries again when a worker
    dies, so Prefect does not."""
    readers: Any = get_worker().plugins[files[0].readers]
    verdicts: tuple[Verdict, ...] = tuple(map(readers.read, files))
    if failures := [str(verdict.outcome) for verdict in verdicts if isinstance(verdict.outcome, Failure)]:
        return Failed(message="; ".join(failures), data=verdicts)
    return Completed(data=verdicts)


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster for one run; without an ``address`` one on this machine that lasts as long as the reading.

    ``seconds`` and ``megabytes`` limit the reading of one file; ``rules`` is the run's overlay folder of rules; a task
    reads at most ``batch`` files; ``name`` is the name of the run's processes on the workers.
    """

    address: str
    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    rules: Path | None = None
    batch: int = 1
    name: str = field(default_factory=lambda: f"findings-{uuid4().hex}")

    def read(
        self, jobs: list[ReadJob], pool: Workers, count: int
    ) -> Generator[tuple[ReadJob, Extracted | Failure], None, list[ReadJob]]:
        """The result of each file, in the order in which they finish; returns the files that the cluster did not read.

        Raises :class:`ClusterUnusable` if there is no such cluster, or one with other code.
        """
        if not jobs:
            return []
        queue, left, waiting = deque[Batch]([tuple(jobs)]), list[ReadJob](), dict[Any, tuple[Batch, Any]]()
        answered = SimpleQueue[Any]()
        with self._connected(count) as runner:
            try:
                queue = deque(_batches(jobs, self.batch, _threads(runner)))
                while self._send(queue, left, waiting, answered, runner):
                    key = self._next(answered, runner)
                    batch, future = waiting[key]
                    verdicts = _verdicts(batch, future)
                    del waiting[key]  # not before: with the cluster lost there may be none
                    if verdicts is None and len(batch) > 1:
                        queue.extend((job,) for job in batch)  # one file must not fail the others
                    elif verdicts is None:
                        left.extend(batch)
                    for job, verdict in zip(batch, verdicts or (), strict=False):
                        pool.peak_megabytes = max(pool.peak_megabytes, verdict.megabytes)
                        yield job, read_file(job, partial(_enter, verdict), verdict.seconds)
            except ClusterUnusable:
                raise
            except Exception as error:
                log_line(logging.WARNING, "run", "cluster", f"is lost, the run goes on without it: {error!r}")
        return [*left, *(job for batch in [*(batch for batch, _ in waiting.values()), *queue] for job in batch)]

    @contextmanager
    def _connected(self, count: int) -> Iterator[DaskTaskRunner]:
        """A task runner on the cluster, whose workers are ready to read."""
        local = {"n_workers": count, "threads_per_worker": 1, "host": LOOPBACK, "dashboard_address": f"{LOOPBACK}:0"}
        where: dict[str, Any] = {"address": self.address} if self.address else {"cluster_kwargs": local}
        with DaskTaskRunner(**where, client_kwargs={"timeout": CONNECT_SECONDS}) as runner:
            try:
                client = runner.client
                client.wait_for_workers(1, WORKER_SECONDS)
                overlay = {file.name: file.read_bytes() for file in overlay_files(self.rules).values()}
                client.register_plugin(Readers(self.seconds, self.megabytes, overlay), self.name)
            except (OSError, ValueError, TypeError) as error:  # no answer, no such address, no certificate
                raise ClusterUnusable(f"no Dask cluster answers at {self.address or LOOPBACK}: {error}") from error
            try:
                yield runner
            finally:
                with suppress(Exception):  # the cluster may be lost
                    client.unregister_worker_plugin(self.name)

    def _send(
        self,
        queue: deque[Batch],
        left: list[ReadJob],
        waiting: dict[Any, tuple[Batch, Any]],
        answered: SimpleQueue[Any],
        runner: DaskTaskRunner,
    ) -> bool:
        """Send files until there are two tasks for each thread of the cluster: no thread waits for its next task, and
        the scheduler never holds all files. Returns whether any file is being read."""
        room = 2 * max(1, _threads(runner))
        while queue and len(waiting) < room:
            sent = {job: self._sent(job.file) for job in queue[0]}
            left += [job for job, one in sent.items() if not one]
            queue[0] = tuple(job for job, one in sent.items() if one)
            if queue[0]:
                files = tuple(filter(None, sent.values()))
                names = ", ".join(one.source_path for one in files)
                future = runner.submit(read_on_worker, {"files": files, "names": names})
                wrapped: Any = future.wrapped_future
                waiting[wrapped.key] = queue[0], future
                wrapped.add_done_callback(lambda done: answered.put(done.key))
            queue.popleft()
        return bool(waiting)

    def _sent(self, file: SourceFile) -> Sent | None:
        """A file as it travels; nothing if it cannot be read here, or is too large."""
        try:
            content = bytes_of(file.path, file.source_path, LARGEST)
        except UnreadableSource:
            return None
        return Sent(self.name, file.source_path, file.sha256, file.path.suffix, content, self._state)

    @cached_property
    def _state(self) -> str:
        """The code that reads, here."""
        return ledger.reading_state(ledger.code_state(self.rules))

    def _next(self, answered: SimpleQueue[Any], runner: DaskTaskRunner) -> Any:
        """The key of the next task that is done. Raises ``TimeoutError`` if there is no worker, or none that works."""
        ends = time.monotonic() + 4 * self.batch * (self.seconds + START_SECONDS)  # two tries of two tasks
        while True:
            try:
                return answered.get(timeout=WORKER_SECONDS)
            except Empty:
                if not _threads(runner) or time.monotonic() > ends:
                    raise TimeoutError("no worker answers") from None


@contextmanager
def server(address: str) -> Iterator[None]:
    """A Prefect server that the workers of the cluster reach: the one at ``PREFECT_API_URL``; without it one of the
    run's own, on the loopback address.

    Raises :class:`ClusterUnusable` where workers elsewhere could not reach it, and :class:`flows.server.NoServer`.
    """
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    host = urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""
    if address and host != "localhost" and not host.startswith("127.") and host != "::1":
        raise ClusterUnusable(
            f"the workers of {address} need a Prefect server that they can reach: set PREFECT_API_URL"
        )
    with prefect_server(quiet=True) as started, reporting_to(started):
        yield


def _threads(runner: DaskTaskRunner) -> int:
    """How many files the cluster can read at once, now."""
    client: Any = runner.client
    return sum(client.nthreads().values())


def _batches(jobs: list[ReadJob], most: int, threads: int) -> Iterator[Batch]:
    """Cut the files into tasks, in their order: at most so many files for each, so few that every thread gets two tasks
    if there are enough files, and no more than :data:`LARGEST` bytes."""
    most = max(1, min(most, len(jobs) // (2 * max(1, threads))))
    batch: list[ReadJob] = []
    size = 0
    for job in jobs:
        if batch and (len(batch) == most or size + job.file.size > LARGEST):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(job)
        size += job.file.size
    yield tuple(batch)


def _verdicts(batch: Batch, future: Any) -> tuple[Verdict, ...] | None:
    """The cluster's results of some files; nothing, if the task failed for a reason that may not be the files'."""
    answer: Any
    try:
        answer = future.result(timeout=CONNECT_SECONDS, raise_on_failure=False)
    except KilledWorker as error:
        if len(batch) == 1:
            reason = f"each of {error.allowed_failures + 1} Dask workers that read it died"
            return (Verdict(b"", Failure(batch[0].file.source_path, "WorkerDied", reason), 0.0, 0.0),)
        answer = error
    if isinstance(answer, tuple):
        return answer
    if isinstance(answer, ClusterUnusable):
        raise answer
    then = "is read by the run" if len(batch) == 1 else "is sent alone"
    for job in batch:
        said = f"was not read on the cluster and {then}: {answer!r}"
        log_line(logging.WARNING, job.file.source_path, "cluster", said)
    return None


def _enter(verdict: Verdict, _: SourceFile, entry: Path) -> Failure | volumes.Incomplete | None:
    """Write the entry into the ledger, as a child process of the run would have done."""
    if isinstance(verdict.outcome, volumes.Incomplete):
        entry = ledger.without(entry, verdict.outcome.spans)
    if verdict.entry:
        ledger.put(verdict.entry, entry)
    return verdict.outcome
