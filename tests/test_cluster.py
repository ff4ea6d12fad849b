"""Reading on a Dask cluster: a real scheduler and real workers on the loopback address, and what happens when one of
them is killed, a file kills them, or they are not what they should be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import Client, KilledWorker
from distributed.client import FutureCancelledError
from typer.testing import CliRunner

from flows import cluster, ledger
from flows.cli import app
from flows.pipeline import run_as_flow
from flows.plan import ReadJob
from flows.report import Failure, Report
from flows.request import Request
from flows.run import run
from flows.sources import SourceFile
from flows.workers import Workers
from tests.generator import LAYOUTS, SAMPLE, draw_pdf
from tests.quick import content

LIMIT = 120.0
"""Seconds after which a wait is a failure."""
DEADLY = """
import os, signal
from flows.cluster import Readers

def read(readers, sent, read=Readers.read):
    if "deadly" in sent.source_path:
        os.kill(os.getpid(), signal.SIGKILL)
    if "odd" in sent.source_path:
        raise OSError(28, "No space left on device")
    return read(readers, sent)

Readers.read = read
"""


def client(address: str) -> Any:
    """A connection of the test's own."""
    make: Any = Client  # it tells no types
    return make(address, set_as_default=False)


@dataclass
class Dask:
    """A scheduler and workers of one thread each, as processes of their own."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(json.loads((self.folder / "scheduler.json").read_text())["address"])

    def start(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        """``scheduler`` or ``worker``; another two failures of one task end it."""
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--host", "127.0.0.1", "--no-dashboard"]
        command += ["--scheduler-file", str(self.folder / "scheduler.json"), *options]
        environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        with (self.folder / "log").open("ab") as log:
            self.processes.append(subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log))
        return self.processes[-1]

    def started(self, workers: int, *options: str) -> Dask:
        """With so many workers ready."""
        self.start("scheduler", "--port", "0")
        wait(lambda: (self.folder / "scheduler.json").exists(), self.said)
        for _ in range(workers):
            self.start("worker", "--nthreads", "1", "--local-directory", str(self.folder), *options)
        with client(self.address) as connected:
            connected.wait_for_workers(workers, LIMIT)
        return self

    def said(self) -> str:
        """What the processes have logged."""
        return (self.folder / "log").read_text()

    def end(self) -> None:
        """End them, with what they have started."""
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait(met: Callable[[], Any], said: Callable[[], str]) -> None:
    """Until it is met, but not for ever."""
    ends = time.monotonic() + LIMIT
    while not met():
        assert time.monotonic() < ends, said()
        time.sleep(0.02)


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    """Nothing is started yet."""
    made = Dask(tmp_path / "dask")
    made.folder.mkdir()
    try:
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def chapters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten chapters of Arvenia and a file that is none."""
    folder = tmp_path_factory.mktemp("chapters")
    for number in range(10):
        year = 2011 + number
        chapter = replace(SAMPLE, year=year, summary=SAMPLE.summary.replace("2019", str(year)))
        draw_pdf(chapter, folder / f"{number}.pdf", LAYOUTS[number % len(LAYOUTS)])
    (folder / "broken.pdf").write_bytes((folder / "0.pdf").read_bytes()[:3000])
    return folder


@pytest.fixture(scope="module")
def plain(chapters: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, dict[str, bytes]]:
    """What a run on this machine alone says and publishes."""
    output = tmp_path_factory.mktemp("plain")
    return run(Request(paths=(chapters,), output=output)), content(output)


def on(dask: Dask, chapters: Path, output: Path, **options: Any) -> Request:
    """A run whose files the cluster reads."""
    return Request(paths=(chapters,), output=output, runner="dask", address=dask.address, **options)


def kill(dask: Dask, output: Path, victim: Callable[[Any], int], killed: list[int]) -> threading.Thread:
    """From now on wait until a verdict is in, then kill the process that ``victim`` names, if it names one."""

    def watch() -> None:
        with client(dask.address) as connected:
            ends = time.monotonic() + LIMIT
            while not killed and time.monotonic() < ends:
                pid = victim(connected) if list((output / ".cache").glob("*.gz")) else 0
                if pid:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                time.sleep(0.01)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


@pytest.mark.system
@pytest.mark.usefixtures("prefect")
class TestCluster:
    def test_a_worker_killed_in_mid_run_changes_no_byte(
        self,
        chapters: Path,
        plain: tuple[Report, dict[str, bytes]],
        dask: Dask,
        tmp_path: Path,
        figures: Callable[[str], None],
    ) -> None:
        dask.started(2, "--no-nanny")
        output, killed, at_work = tmp_path / "out", list[int](), list[int]()

        def busy(connected: Any) -> int:
            pids = connected.run(os.getpid)
            for worker, tasks in connected.processing().items():
                if tasks and worker in pids:
                    at_work.append(len(tasks))
                    return int(pids[worker])
            return 0

        watch = kill(dask, output, busy, killed)
        report, _ = run_as_flow(on(dask, chapters, output))
        watch.join(LIMIT)
        assert [process.poll() for process in dask.processes].count(-signal.SIGKILL) == 1, "one worker was killed"
        assert content(output) == plain[1]
        assert report.failures == plain[0].failures
        assert [failure.source_path for failure in report.failures] == ["broken.pdf"]
        assert (report.read, report.chapters) == (11, 10)
        assert report.peak_megabytes > 50, "the memory of the processes on the workers is told"
        again = run(Request(paths=(chapters,), output=output))
        assert again.unchanged, "all verdicts, also that on the broken file, are in the ledger"
        figures(
            f"Dask: 1 of 2 workers killed with {at_work[-1]} of 11 files on it; all 11 read, {len(plain[1])} files of "
            f"tables byte for byte those of a local run; reading {report.stages['read']:.1f} s"
        )

    def test_a_file_that_kills_workers_fails_alone_and_trouble_of_a_worker_fails_no_file(
        self, chapters: Path, dask: Dask, tmp_path: Path
    ) -> None:
        (dask.folder / "deadly.py").write_text(DEADLY)
        dask.started(2, "--preload", str(dask.folder / "deadly.py"))
        folder = tmp_path / "in"
        folder.mkdir()
        for name, number in (("deadly", 0), ("good", 1), ("odd", 2), ("other", 3)):
            (folder / f"{name}.pdf").write_bytes((chapters / f"{number}.pdf").read_bytes())
        report, _ = run_as_flow(on(dask, folder, tmp_path / "out"))
        assert [(failure.source_path, failure.kind) for failure in report.failures] == [("deadly.pdf", "WorkerDied")]
        assert "2 Dask workers" in report.failures[0].reason
        assert report.chapters == 3
        assert report.exit_code == 1

    def test_without_its_scheduler_a_run_goes_on(
        self,
        chapters: Path,
        plain: tuple[Report, dict[str, bytes]],
        dask: Dask,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 2)
        dask.started(1, "--no-nanny")
        output, killed = tmp_path / "out", list[int]()
        watch = kill(dask, output, lambda _: dask.processes[0].pid, killed)
        report, _ = run_as_flow(on(dask, chapters, output))
        watch.join(LIMIT)
        assert killed
        assert content(output) == plain[1]
        assert report.failures == plain[0].failures

    def test_a_worker_with_other_code_reads_nothing(
        self, chapters: Path, dask: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dask.started(1, "--no-nanny")
        monkeypatch.setattr(
            ledger, "code_state", lambda *_: dict.fromkeys(("code", "rules", "packages", "schemas"), "x")
        )
        with pytest.raises(cluster.ClusterUnusable, match="has other code"):
            run_as_flow(on(dask, chapters, tmp_path / "out"))
        assert not (tmp_path / "out" / "tables").exists()

    def test_a_cluster_that_is_not_there_is_said(
        self, chapters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
        for address in ("tcp://127.0.0.1:9", "pigeon://127.0.0.1:9", "tls://127.0.0.1:9"):
            with pytest.raises(cluster.ClusterUnusable, match="no Dask cluster answers at"):
                run_as_flow(Request(paths=(chapters,), output=tmp_path / "out", runner="dask", address=address))

    def test_a_cluster_without_workers_is_said(
        self, chapters: Path, dask: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cluster, "WORKER_SECONDS", 1)
        dask.start("scheduler", "--port", "0")
        wait(lambda: (dask.folder / "scheduler.json").exists(), dask.said)
        with pytest.raises(cluster.ClusterUnusable, match="no Dask cluster answers at"):
            run_as_flow(on(dask, chapters, tmp_path / "out"))


@pytest.mark.system
def test_the_command_alone_starts_all_it_needs(chapters: Path, tmp_path: Path, figures: Callable[[str], None]) -> None:
    """A Prefect server and a cluster of its own, gone at the end; standard output is data."""
    chapter = tmp_path / "in" / "Arvenia.pdf"
    chapter.parent.mkdir()
    chapter.write_bytes((chapters / "0.pdf").read_bytes())
    command = [str(Path(sys.executable).with_name("findings")), "run", str(chapter), "--output", str(tmp_path / "out")]
    command += ["--runner", "dask", "--workers", "2", "--json"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    began = time.monotonic()
    ended = subprocess.run(
        command,
        env={**environment, "PREFECT_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=2 * LIMIT,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["chapters"] == 1
    figures(f"findings run --runner dask, from nothing, one chapter: {time.monotonic() - began:.0f} s")
    run(Request(paths=(chapter,), output=tmp_path / "plain"))
    assert content(tmp_path / "out") == content(tmp_path / "plain")


class Lost:
    """A cluster that is lost before any task is done, seen from the run: runner, client and future at once."""

    submitted = 0

    @property
    def client(self) -> Any:
        return self

    def nthreads(self) -> dict[str, int]:
        return {"tcp://127.0.0.1:1": 1}

    def submit(self, *_: object) -> Any:
        self.submitted += 1
        return SimpleNamespace(wrapped_future=self.done(str(self.submitted)), result=self.result)

    def done(self, key: str) -> Any:
        made = SimpleNamespace(key=key)
        made.add_done_callback = lambda call: call(made)
        return made

    def result(self, **_: object) -> Any:
        raise FutureCancelledError("read", "scheduler-connection-lost")


def planned(folder: Path, names: Iterable[str]) -> list[ReadJob]:
    """Files that are to be read, of nine bytes; the one named "large" has more."""
    jobs = []
    for name in names:
        size = 60 if name == "large" else 9
        file = SourceFile(folder / f"{name}.txt", name, name[0] * 64, size)
        file.path.write_bytes(b"a" * size)
        jobs.append(ReadJob(file, folder / f"{name}.json.gz", read=True, why="new file"))
    return jobs


def test_a_file_whose_task_the_lost_cluster_cancels_is_handed_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Lost()
    monkeypatch.setattr(cluster.Cluster, "_connected", lambda *_: nullcontext(lost))
    reading = cluster.Cluster("tcp://127.0.0.1:1").read(planned(tmp_path, "abc"), Workers(1), 1)
    with pytest.raises(StopIteration) as ended:
        next(reading)
    assert sorted(job.file.source_path for job in ended.value.value) == ["a", "b", "c"]
    assert lost.submitted == 2, "one file stays in the queue"
    with pytest.raises(StopIteration):
        next(cluster.Cluster("tcp://127.0.0.1:9").read([], Workers(1), 1))


class Killing(Lost):
    """A cluster whose workers die of one file, seen from the run."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def submit(self, *given: Any) -> Any:
        names, files = given[1]["names"], given[1]["files"]
        self.sent.append(names)

        last: Any = SimpleNamespace(address="tcp://127.0.0.1:1")

        def result(**_: object) -> Any:
            if "deadly" in names:
                raise KilledWorker("task", last, 3)
            return tuple(
                cluster.Verdict(b"", Failure(sent.source_path, "Wrong", "no chapter"), 0.0, 1.0) for sent in files
            )

        return SimpleNamespace(wrapped_future=self.done(str(len(self.sent))), result=result)


def test_a_file_that_kills_the_workers_of_its_batch_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["a", "b", "deadly", "c", "d", "e", "f", "large", "g"]
    monkeypatch.setattr(cluster, "LARGEST", 50)
    killing = Killing()
    monkeypatch.setattr(cluster.Cluster, "_connected", lambda *_: nullcontext(killing))
    found = list(cluster.Cluster("tcp://127.0.0.1:1", batch=3).read(planned(tmp_path, names), Workers(1), 1))
    assert killing.sent == ["a, b, deadly", "c, d, e", "f", "g", "a", "b", "deadly"]
    kinds = {job.file.source_path: result.kind for job, result in found if isinstance(result, Failure)}
    assert kinds == dict.fromkeys("abcdefg", "Wrong") | {"deadly": "WorkerDied"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--address", "tcp://127.0.0.1:8786"], "--runner dask"),
        (["--runner", "dask", "--address", "tcp://192.0.2.1:8786"], "set PREFECT_API_URL"),
        (["--runner", "dask", "--address", "192.0.2.1:8786"], "set PREFECT_API_URL"),
        (["--runner", "cloud"], "is not one of 'local'"),
    ],
)
def test_wrong_usage_ends_with_2(options: list[str], said: str, tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["run", "--output", str(tmp_path), *options], env={"PREFECT_API_URL": None})
    assert ended.exit_code == 2
    assert said in " ".join(ended.output.split())


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "flows.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    ended = CliRunner().invoke(app, ["run", "--output", str(tmp_path), "--runner", "dask"])
    assert ended.exit_code == 2
    assert "--runner dask needs distributed; make setup installs it" in ended.output
