"""Reading on a Dask cluster, through prefect-dask: a file's bytes travel to a worker, its verdict travels back.

The cluster needs this package and its extra ``dask`` on every machine, and no folder in common: the run alone writes
the ledger and the tables. What a cluster cannot do, because it is lost or a worker fails for a reason that is not the
file's, is handed back and is done where the run is.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from distributed import KilledWorker, Worker, WorkerPlugin, get_worker
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Failed
from prefect_dask.task_runners import DaskTaskRunner

from extractors.model import UnreadableSource
from extractors.readers.opening import read_file as bytes_of
from flows import ledger, run, schedule
from flows.log import say
from flows.plan import Job
from flows.report import Failure
from flows.run import Extracted
from flows.schedule import LOOPBACK
from flows.sources import SourceFile
from flows.workers import MEGABYTES, SECONDS, START_SECONDS, Workers

CONNECT_SECONDS = 30
"""How long the scheduler may take to answer."""
WORKER_SECONDS = 60.0
"""How long a cluster may be without a worker, at the start and in mid-run."""
LARGEST = 64_000_000
"""Bytes of a file that travels; a larger one is read where the run is. The largest chapter has 2 million."""


class ClusterUnusable(Exception):
    """The cluster cannot be used as asked; says why."""


class OtherCode(ClusterUnusable):
    """A worker has another version of the code that reads than the run."""


@dataclass(frozen=True)
class Sent:
    """A file on its way to a worker, and the state of the code that shall read it."""

    readers: str
    source_path: str
    sha256: str
    suffix: str
    content: bytes
    state: str


@dataclass(frozen=True)
class Verdict:
    """What a worker says of a file: the bytes of its entry for the ledger (none if it is not to be kept), the failure
    if it is one, and what the reading took."""

    entry: bytes
    failure: Failure | None
    seconds: float
    megabytes: float


class Readers(WorkerPlugin):
    """The child processes of one Dask worker for one run, one for each of its threads; they end with the run."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self._limits = (seconds, megabytes)
        self._ended = False

    def setup(self, worker: Worker) -> None:
        """Called by Dask, also on workers that join later."""
        self._address, self._folder = worker.address, worker.local_directory
        self._state = ledger.reading_state(ledger.code_state())
        self._pool = Workers(worker.state.nthreads, *self._limits)

    def teardown(self, worker: Worker) -> None:
        """Called by Dask at the end of the run or of the worker."""
        self._ended = True
        self._pool.__exit__(None, None, None)

    def read(self, sent: Sent) -> Verdict:
        """Read a file in a child process under the limits, as a run does on its own machine."""
        if sent.state != self._state:
            raise OtherCode(f"the Dask worker at {self._address} has other code, rules or packages than this run")
        began = time.perf_counter()
        with TemporaryDirectory(dir=self._folder) as folder:
            path, entry = Path(folder, f"chapter{sent.suffix}"), Path(folder, "verdict.json.gz")
            path.write_bytes(sent.content)
            file = SourceFile(path, sent.source_path, sent.sha256, len(sent.content))
            try:
                failure = self._pool.run(ledger.extract_into, file, entry)
            except Exception as error:
                if self._ended:  # the child was killed because the worker ends: that says nothing about the file
                    raise
                failure = Failure.of(sent.source_path, error)
            kept = entry.read_bytes() if entry.exists() else b""
        return Verdict(kept, failure, time.perf_counter() - began, self._pool.peak_megabytes)


@task(name="read", task_run_name="read {sent.source_path}", cache_policy=NO_CACHE)
def read_there(sent: Sent) -> Any:
    """One file read on a worker, as Prefect sees it: its state is the file's."""
    readers: Any = get_worker().plugins[sent.readers]
    verdict: Verdict = readers.read(sent)
    if verdict.failure:
        return Failed(message=str(verdict.failure), data=verdict)
    return Completed(data=verdict)


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster for one run; without an ``address`` one on this machine that lasts as long as the reading.

    ``seconds`` and ``megabytes`` limit the reading of one file; ``name`` is that of its processes on the workers.
    """

    address: str
    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    name: str = field(default_factory=lambda: f"findings-{uuid4().hex}")

    def read(
        self, jobs: list[Job], pool: Workers, count: int
    ) -> Generator[tuple[Job, Extracted | Failure], None, list[Job]]:
        """Every file's verdict, in the order in which they come; returns the files on which there was none.

        Raises :class:`ClusterUnusable` if there is no such cluster, or one with other code.
        """
        if not jobs:
            return []
        queue, left, waiting = deque(jobs), list[Job](), dict[Any, tuple[Job, Any]]()
        answered = SimpleQueue[Any]()
        with self._connected(count) as runner:
            try:
                while self._send(queue, left, waiting, answered, runner):
                    key = self._next(answered, runner)
                    job, future = waiting[key]
                    verdict = _verdict(job, future)
                    del waiting[key]  # not before: with the cluster lost there may be none
                    if verdict is None:
                        left.append(job)
                        continue
                    pool.peak_megabytes = max(pool.peak_megabytes, verdict.megabytes)
                    yield job, run.read_file(job, partial(_enter, verdict), verdict.seconds)
            except ClusterUnusable:
                raise
            except Exception as error:
                say(logging.WARNING, "run", "cluster", f"is lost, the run goes on without it: {error!r}")
        return [*left, *(job for job, _ in waiting.values()), *queue]

    @contextmanager
    def _connected(self, count: int) -> Iterator[DaskTaskRunner]:
        """A task runner on the cluster, whose workers are ready to read."""
        local = {"n_workers": count, "threads_per_worker": 1, "host": LOOPBACK, "dashboard_address": f"{LOOPBACK}:0"}
        where: dict[str, Any] = {"address": self.address} if self.address else {"cluster_kwargs": local}
        with DaskTaskRunner(**where, client_kwargs={"timeout": CONNECT_SECONDS}) as runner:
            try:
                client = runner.client
                client.wait_for_workers(1, WORKER_SECONDS)
                client.register_plugin(Readers(self.seconds, self.megabytes), self.name)
            except (OSError, ValueError, TypeError) as error:  # no answer, no such address, no certificate
                raise ClusterUnusable(f"no Dask cluster can be had at {self.address or LOOPBACK}: {error}") from error
            try:
                yield runner
            finally:
                with suppress(Exception):  # the cluster may be lost
                    client.unregister_worker_plugin(self.name)

    def _send(
        self,
        queue: deque[Job],
        left: list[Job],
        waiting: dict[Any, tuple[Job, Any]],
        answered: SimpleQueue[Any],
        runner: DaskTaskRunner,
    ) -> bool:
        """Send files until two are under way for each thread of the cluster: no thread waits for its next file, and
        the scheduler never holds them all. Whether any is under way."""
        state = ledger.reading_state(ledger.code_state())
        room = 2 * max(1, _threads(runner))
        while queue and len(waiting) < room:
            file = queue[0].file
            try:
                content = bytes_of(file.path, file.source_path, LARGEST)
            except UnreadableSource:
                left.append(queue.popleft())
                continue
            sent = Sent(self.name, file.source_path, file.sha256, file.path.suffix, content, state)
            future = runner.submit(read_there, {"sent": sent})
            wrapped: Any = future.wrapped_future
            waiting[wrapped.key] = queue.popleft(), future
            wrapped.add_done_callback(lambda done: answered.put(done.key))
        return bool(waiting)

    def _next(self, answered: SimpleQueue[Any], runner: DaskTaskRunner) -> Any:
        """The key of the next task that is done. Raises ``TimeoutError`` if there is no worker, or none that works."""
        ends = time.monotonic() + 4 * (self.seconds + START_SECONDS)  # two tries of two files
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

    Raises :class:`ClusterUnusable` where workers elsewhere could not reach it, and :class:`flows.schedule.NoServer`.
    """
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    host = urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""
    if address and host != "localhost" and not host.startswith("127.") and host != "::1":
        raise ClusterUnusable(
            f"the workers of {address} report to a Prefect server that they reach: set PREFECT_API_URL"
        )
    with schedule.server(quiet=True) as url, temporary_settings({PREFECT_API_URL: url}):
        try:
            yield
        finally:  # or Prefect would try to tell the last states and lines to a server that is gone
            EventsWorker.drain_all(timeout=CONNECT_SECONDS)
            APILogWorker.drain_all(timeout=CONNECT_SECONDS)


def _threads(runner: DaskTaskRunner) -> int:
    """How many files the cluster can read at once, now."""
    client: Any = runner.client
    return sum(client.nthreads().values())


def _verdict(job: Job, future: Any) -> Verdict | None:
    """What the cluster says of a file; nothing, if it failed for another reason than the file's."""
    try:
        answer = future.result(timeout=CONNECT_SECONDS, raise_on_failure=False)
    except KilledWorker as error:
        reason = f"each of {error.allowed_failures + 1} Dask workers that read it died"
        return Verdict(b"", Failure(job.file.source_path, "WorkerDied", reason), 0.0, 0.0)
    if isinstance(answer, Verdict):
        return answer
    if isinstance(answer, ClusterUnusable):
        raise answer
    say(logging.WARNING, job.file.source_path, "cluster", f"was not read there and is read here: {answer!r}")
    return None


def _enter(verdict: Verdict, _: SourceFile, entry: Path) -> Failure | None:
    """Write a verdict into the ledger, as a child process of the run would have done."""
    if verdict.entry:
        ledger.put(verdict.entry, entry)
    return verdict.failure
